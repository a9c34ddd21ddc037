using Scalelite.Domain.Meetings;
using Scalelite.Domain.Parameters;
using Scalelite.Domain.Polling;
using Scalelite.Workers.Copies;
using Scalelite.Workers.Meetings;
using Scalelite.Workers.ServerHealth;

namespace Scalelite.Workers.Polling;

/// <summary>The message that carries a consequence of a poll out.</summary>
internal static class PollConsequences
{
    /// <param name="missedAt">When a meeting that is over was last looked for in vain: it had ended by then.</param>
    /// <returns>Null for what is only said.</returns>
    public static object? ToMessage(this PollConsequence consequence, DateTimeOffset missedAt) => consequence switch
    {
        PollConsequence.EndMeeting c => new EndMeeting(c.Instance, c.ServerId, EndLearned.Polls, missedAt),
        PollConsequence.AbandonPlacement c => new AbandonPlacement(c.Instance, c.ServerId),
        PollConsequence.StartedSeen c => new SeeMeetingStarted(
            c.Instance, c.ServerId, c.Meeting.InternalMeetingId, c.Meeting.CreateTime, c.Meeting.VoiceBridge),
        PollConsequence.AdoptMeeting c => new AdoptMeeting(c.TenantId, c.ServerId, c.Meeting with { Metadata = ReservedMetadata.ForEvent(c.Meeting.Metadata) }),
        PollConsequence.EndCopy c => new EndCopy(c.Instance, c.ServerId, c.MeetingId, c.InternalMeetingId),
        PollConsequence.CopyGone c => new RecordCopyGone(c.Instance, c.ServerId, "not found"),
        PollConsequence.MoveBack c => new MoveBack(c.Instance, c.FromServerId, c.ToServerId, c.InternalMeetingId, c.CreateTime),
        PollConsequence.BringOnline c => new BringServerOnline(c.ServerId),
        PollConsequence.DrainServer c => new DrainServer(c.ServerId),
        PollConsequence.SuspectServer c => new SuspectServer(c.ServerId, c.Reason),
        PollConsequence.TakeOffline c => new TakeServerOffline(c.ServerId, c.Reason),
        PollConsequence.SecondCopySeen => null,
        _ => throw new InvalidOperationException($"A poll's consequence has no message: {consequence.GetType()}"),
    };
}
