using Scalelite.Domain.Placement;

namespace Scalelite.Domain.WhatIf;

/// <summary>One way of placing the same meetings.</summary>
/// <param name="Name">For whoever reads the comparison.</param>
/// <param name="Policy">Null: each meeting goes where it went.</param>
/// <param name="PollInterval">POLL_INTERVAL; each server has its turn in it as <see cref="Polling.PollSchedule"/> gives it.</param>
/// <param name="MinimumUsers">LOAD_MIN_USER_COUNT.</param>
/// <param name="JoinBuffer">LOAD_JOIN_BUFFER_TIME.</param>
/// <param name="UntaggedMayUseTagged">UNTAGGED_MAY_USE_TAGGED.</param>
/// <param name="MoveAfter">MOVE_AFTER.</param>
public sealed record Side(
    string Name,
    IPlacementPolicy? Policy,
    TimeSpan PollInterval,
    int MinimumUsers,
    TimeSpan JoinBuffer,
    bool UntaggedMayUseTagged,
    TimeSpan MoveAfter)
{
    /// <summary>Servers of the history that this side does without.</summary>
    public IReadOnlySet<string> Without { get; init; } = new HashSet<string>(StringComparer.Ordinal);

    /// <summary>Servers that this side has besides, from the beginning, enabled and online.</summary>
    public IReadOnlyList<AddedServer> Added { get; init; } = [];

    /// <summary>Moderators among the users, for Scalelite's arithmetic: 0 is one in each meeting that has users.</summary>
    public double ModeratorShare { get; init; }

    internal PlacementSettings Settings => new(Policy ?? PlacementPolicies.ByName(PlacementPolicies.Default)!, MinimumUsers, UntaggedMayUseTagged);
}

/// <summary>A server that was not there.</summary>
/// <param name="LoadMultiplier">Its load counts this many times.</param>
public sealed record AddedServer(string ServerId, decimal LoadMultiplier = 1, string? Tag = null);
