namespace Scalelite.Domain.Placement;

/// <summary>
/// A server's load at a moment, before its multiplier, in users: what its last poll showed and what was placed
/// and joined since and not yet seen. Both arithmetics are carried, so that a policy can use either.
/// </summary>
/// <param name="Meetings">Live meetings, those not yet seen included.</param>
/// <param name="Seen">
/// Users in the last answer and joins routed since; a meeting younger than LOAD_JOIN_BUFFER_TIME counts at least LOAD_MIN_USER_COUNT.
/// </param>
/// <param name="Unseen">Placements that no poll has shown yet, LOAD_MIN_USER_COUNT each or the joins routed to them, if more.</param>
/// <param name="ScaleliteSeen">Scalelite's arithmetic of the last answer: participants and moderators summed, young meetings at least LOAD_MIN_USER_COUNT.</param>
/// <param name="ScaleliteSince">Scalelite's increments since: 1 for each create and each join.</param>
/// <param name="PolledAt">When the last good poll began; null if there was none.</param>
public sealed record ServerLoad(
    string ServerId,
    string? Tag,
    decimal Multiplier,
    int Meetings,
    long Seen,
    long Unseen,
    long ScaleliteSeen,
    long ScaleliteSince,
    DateTimeOffset? PolledAt)
{
    /// <summary>This load with one more meeting reserved on the server.</summary>
    public ServerLoad WithReservation(int minimumUsers) =>
        this with { Meetings = Meetings + 1, Unseen = Unseen + minimumUsers, ScaleliteSince = ScaleliteSince + 1 };
}
