namespace Scalelite.Simulator.Meetings;

/// <summary>A live meeting as it was at one moment.</summary>
/// <param name="CreateTime">Milliseconds since 1970, as BBB gives it.</param>
/// <param name="Users">All users, moderators included.</param>
/// <param name="ParentMeetingID">The parent's internal id, for a breakout room.</param>
/// <param name="Metadata">By lower-cased names without <c>meta_</c>.</param>
/// <param name="Documents">How many <c>document</c> bodies came with create and insertDocument.</param>
/// <param name="DocumentBytes">Their size together.</param>
public sealed record SimulatedMeeting(
    string MeetingID,
    string InternalMeetingID,
    string Name,
    long CreateTime,
    string AttendeePW,
    string ModeratorPW,
    string VoiceBridge,
    int Users,
    int Moderators,
    int VoiceUsers,
    int VideoUsers,
    bool HasUserJoined,
    bool IsBreakout,
    string? ParentMeetingID,
    IReadOnlyDictionary<string, string> Metadata,
    int Documents,
    long DocumentBytes,
    IReadOnlyList<string> ChatMessages);
