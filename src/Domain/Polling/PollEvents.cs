namespace Scalelite.Domain.Polling;

/// <summary>A node answered <c>getMeetings</c>.</summary>
/// <param name="Round">Counts the polls of this server, from 1; a round is accepted once.</param>
/// <param name="Successes">Good polls in a row, this one included.</param>
/// <param name="Missing">Instances that should be on the node, were so before the poll began, and are not in its answer.</param>
/// <param name="NextPollAt">When the next round is due.</param>
/// <param name="Load">
/// The load that the answer shows, before the multiplier: users, a meeting younger than LOAD_JOIN_BUFFER_TIME at least LOAD_MIN_USER_COUNT.
/// Null in polls that did not say.
/// </param>
public sealed record ServerPolled(
    string ServerId,
    long Round,
    DateTimeOffset BeganAt,
    int ElapsedMs,
    int Successes,
    IReadOnlyList<PolledMeeting> Meetings,
    IReadOnlyList<Guid> Missing,
    DateTimeOffset NextPollAt,
    long? Load = null);

/// <summary>A meeting in a node's answer. Never a name or a password.</summary>
/// <param name="CreateTime">Epoch milliseconds on the node's clock.</param>
/// <param name="Users">All users, moderators included.</param>
/// <param name="Instance">Our run of the meeting, where it was known when the poll began.</param>
/// <param name="JoinsBefore">Joins that had been routed to the instance when the poll began; those since are not yet seen.</param>
public sealed record PolledMeeting(
    string MeetingId,
    string InternalMeetingId,
    long CreateTime,
    int Users,
    int Moderators,
    int Voice,
    int Videos,
    bool Recording,
    bool IsBreakout,
    string? ParentMeetingId,
    Guid? Instance,
    long JoinsBefore);

/// <summary>A node did not answer <c>getMeetings</c> as it should.</summary>
/// <param name="Failures">Failed polls in a row, this one included.</param>
public sealed record ServerPollFailed(
    string ServerId, long Round, DateTimeOffset BeganAt, int ElapsedMs, int Failures, string Reason, DateTimeOffset NextPollAt);
