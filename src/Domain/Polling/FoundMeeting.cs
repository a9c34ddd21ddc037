namespace Scalelite.Domain.Polling;

/// <summary>A meeting in a node's answer to <c>getMeetings</c>, as far as the pool needs it.</summary>
/// <param name="CreateTime">Epoch milliseconds on the node's clock.</param>
/// <param name="Users">All users, moderators included (<c>participantCount</c>).</param>
/// <param name="ParentMeetingId">Of a breakout: its parent's meetingID or internalMeetingID, as the node gives it.</param>
/// <param name="Metadata">Names without <c>meta_</c>, in lower case.</param>
/// <param name="Ended">The node lists it still, but says that it was ended (<c>hasBeenForciblyEnded</c> or an <c>endTime</c>).</param>
public sealed record FoundMeeting(
    string MeetingId,
    string InternalMeetingId,
    long CreateTime,
    string? Name,
    string? VoiceBridge,
    int Users,
    int Moderators,
    int Voice,
    int Videos,
    bool Recording,
    bool IsBreakout,
    string? ParentMeetingId,
    IReadOnlyDictionary<string, string> Metadata,
    bool Ended = false);
