using Scalelite.Domain.Meetings;
using Scalelite.Domain.Servers;

namespace Scalelite.Domain.Polling;

/// <summary>A server as its polls so far left it.</summary>
/// <param name="Successes">Good polls in a row.</param>
/// <param name="Failures">Failed polls in a row.</param>
/// <param name="Missing">The instances that the last answer missed.</param>
public sealed record PolledServer(
    string ServerId, AdministrativeState State, Health Health, int Successes, int Failures, IReadOnlySet<Guid> Missing);

/// <summary>One round's poll of a server.</summary>
/// <param name="BeganAt">Before the call.</param>
/// <param name="EndedAt">After the answer or the failure.</param>
public sealed record PollTiming(long Round, DateTimeOffset BeganAt, DateTimeOffset EndedAt)
{
    internal int ElapsedMs => (int)Math.Clamp((EndedAt - BeganAt).TotalMilliseconds, 0, int.MaxValue);
}

/// <summary>How polls are judged.</summary>
/// <param name="Interval">POLL_INTERVAL.</param>
/// <param name="HealthyThreshold">SERVER_HEALTHY_THRESHOLD: good polls in a row that bring a server online.</param>
/// <param name="UnhealthyThreshold">SERVER_UNHEALTHY_THRESHOLD: failed polls in a row that take it offline.</param>
/// <param name="Multitenancy">Adopted meetings belong to the tenant that their metadata name; else all to the one.</param>
/// <param name="EndMovedCopies">MOVED_COPIES=end: a copy that was moved away from is ended with people in it.</param>
/// <param name="MinimumUsers">LOAD_MIN_USER_COUNT: users that a young meeting counts as at least.</param>
/// <param name="JoinBuffer">LOAD_JOIN_BUFFER_TIME: how long a meeting is young; null: 15 minutes.</param>
public sealed record PollSettings(
    TimeSpan Interval,
    int HealthyThreshold = 1,
    int UnhealthyThreshold = 2,
    bool Multitenancy = false,
    bool EndMovedCopies = false,
    int MinimumUsers = 15,
    TimeSpan? JoinBuffer = null);

/// <summary>Where a meeting is, by our events.</summary>
/// <param name="Phase">Placing or live.</param>
/// <param name="Deadline">While placing: when the create's caller has an answer at the latest.</param>
/// <param name="PlacedAt">When it was placed; of an adopted one, when its node says that it began. Null where it was not read.</param>
public sealed record KnownLocation(
    string TenantId,
    string MeetingId,
    Guid Instance,
    string ServerId,
    string? InternalMeetingId,
    MeetingPhase Phase,
    DateTimeOffset? Deadline,
    DateTimeOffset? PlacedAt = null);

/// <summary>Why a copy is watched; the names are those of the read model's column.</summary>
public enum CopyReason
{
    /// <summary>A create that was sent there and not answered.</summary>
    Uncertain,

    /// <summary>A create that nobody waited for any more.</summary>
    Abandoned,

    /// <summary>The meeting moved away.</summary>
    Moved,

    /// <summary>The meeting moved back from here.</summary>
    MovedBack,

    /// <summary>The meeting was placed anew while the server was disabled.</summary>
    PlacedAnew,
}

/// <summary>A copy that our own events left on the polled server.</summary>
/// <param name="InternalMeetingId">Null where it is not known: then any meeting with its meetingID is the copy.</param>
/// <param name="UsersNow">Users of the meeting where it is now, and joins routed there since its last poll; null while unknown.</param>
public sealed record WatchedCopy(
    Guid Instance, string TenantId, string MeetingId, string? InternalMeetingId, CopyReason Reason, DateTimeOffset Since, int? UsersNow);

/// <summary>A run that is over.</summary>
/// <param name="EndedAt">When we learned of it.</param>
public sealed record EndedRun(string InternalMeetingId, EndLearned How, DateTimeOffset EndedAt);

/// <summary>What our events say about the polled server and the meetings that it named.</summary>
/// <param name="Expected">The server's locations, read <b>before</b> the call: only these can be missing from its answer.</param>
/// <param name="Locations">Read <b>after</b> the answer: all on this server, and those elsewhere of the meetingIDs that it names.</param>
/// <param name="Copies">The copies watched on this server, read before the call.</param>
/// <param name="EndedRuns">Runs that are over, of the internalMeetingIDs in the answer, read after it.</param>
/// <param name="JoinsBefore">Joins that had been routed to each instance when the poll began; none where it is absent.</param>
public sealed record PollKnowledge(
    IReadOnlyList<KnownLocation> Expected,
    IReadOnlyList<KnownLocation> Locations,
    IReadOnlyList<WatchedCopy> Copies,
    IReadOnlyList<EndedRun> EndedRuns,
    IReadOnlyDictionary<Guid, long> JoinsBefore);
