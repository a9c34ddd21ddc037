namespace Scalelite.Domain.Placement;

/// <summary>Why a meeting was placed where it was.</summary>
/// <param name="Policy">The policy's name, or <c>held</c> where the meeting had a server already.</param>
/// <param name="Rule">The rule that chose, for a person: <c>lowest load of 4</c>.</param>
/// <param name="Tag">The tag that was asked for, as the client and the settings gave it.</param>
/// <param name="Candidates">How many servers could have been chosen.</param>
/// <param name="Considered">The candidates with the lowest load, at most 32, the chosen one first.</param>
/// <param name="Attempt">1 for the first server tried.</param>
public sealed record PlacementReason(
    string Policy, string Rule, string? Tag, int Candidates, IReadOnlyList<ConsideredServer> Considered, int Attempt);

/// <summary>A candidate as the policy saw it.</summary>
/// <param name="Load">What the policy compared, multiplier included.</param>
/// <param name="Reserved">The share of it that no poll had shown yet, before the multiplier.</param>
/// <param name="PollAgeSeconds">Age of the poll; null if there was none.</param>
public sealed record ConsideredServer(string ServerId, string? Tag, decimal Load, int Meetings, long Reserved, double? PollAgeSeconds);
