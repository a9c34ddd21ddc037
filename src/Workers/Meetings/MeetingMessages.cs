using Scalelite.Domain.Meetings;
using Scalelite.Domain.Polling;

namespace Scalelite.Workers.Meetings;

/// <summary>A meeting is over on its server. Nothing happens where the run has ended before or lives on another server now.</summary>
/// <param name="ServerId">Where it is over.</param>
/// <param name="EndedAt">As far as known.</param>
public sealed record EndMeeting(Guid Instance, string ServerId, EndLearned How, DateTimeOffset EndedAt);

/// <summary>A meeting in state placing that two polls, both begun after its create's deadline, have not seen: its reservation is released.</summary>
public sealed record AbandonPlacement(Guid Instance, string ServerId);

/// <summary>A poll saw a meeting that was still being placed: the create's answer was lost, or is yet to be written.</summary>
/// <param name="CreateTime">Epoch milliseconds on the node's clock.</param>
public sealed record SeeMeetingStarted(Guid Instance, string ServerId, string InternalMeetingId, long CreateTime, string? VoiceBridge);

/// <summary>A poll saw a meeting that has no location. Taken over under the placement lock, if that still holds.</summary>
/// <param name="Found">Its metadata without what no event may hold.</param>
public sealed record AdoptMeeting(string TenantId, string ServerId, FoundMeeting Found);
