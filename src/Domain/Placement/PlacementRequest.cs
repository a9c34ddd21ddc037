namespace Scalelite.Domain.Placement;

/// <summary>A meeting that waits for a server.</summary>
/// <param name="MeetingId">As its node will know it.</param>
/// <param name="Attempt">1 for the first server tried.</param>
/// <param name="Holding">
/// Servers that hold a live meeting with this meetingID. A server with nothing but a watched copy is not among them: a create there
/// takes the copy over.
/// </param>
/// <param name="Tried">Servers that were tried for this create and failed.</param>
public sealed record PlacementRequest(
    string MeetingId, TagRequest Tag, int Attempt = 1, IReadOnlySet<string>? Holding = null, IReadOnlySet<string>? Tried = null);

/// <summary>How meetings are placed.</summary>
/// <param name="MinimumUsers">LOAD_MIN_USER_COUNT: what a placement counts at once.</param>
/// <param name="UntaggedMayUseTagged">Where no untagged server is available, a create that needs no tag may use a tagged one.</param>
public sealed record PlacementSettings(IPlacementPolicy Policy, int MinimumUsers = 15, bool UntaggedMayUseTagged = false);
