namespace Scalelite.Workers.Copies;

/// <summary>
/// A poll saw an empty copy that our own events left on a server. It is ended if a fresh look shows nobody in it
/// (or at once where MOVED_COPIES=end is set and the meeting moved away).
/// </summary>
public sealed record EndCopy(Guid Instance, string ServerId, string MeetingId, string InternalMeetingId);

/// <summary>A copy that was watched is gone.</summary>
/// <param name="How"><c>ended</c> by us, or <c>not found</c> on its node.</param>
public sealed record RecordCopyGone(Guid Instance, string ServerId, string How);

/// <summary>The server that a meeting was moved away from is back, with people in its copy, and the new copy has none: it returns.</summary>
/// <param name="FromServerId">Where the meeting is now.</param>
/// <param name="ToServerId">The server that is back.</param>
/// <param name="CreateTime">Of the copy there, epoch milliseconds on the node's clock.</param>
public sealed record MoveBack(Guid Instance, string FromServerId, string ToServerId, string InternalMeetingId, long CreateTime);
