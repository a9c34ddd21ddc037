using System.Buffers;

namespace Scalelite.BigBlueButton.Answers;

/// <summary>
/// A meeting as we know it, for getMeetings while its node does not answer: what the last poll and the create said.
/// It has neither passwords nor users' names.
/// </summary>
/// <param name="CreateTime">Epoch milliseconds on the node's clock.</param>
/// <param name="Users">All users, moderators included.</param>
/// <param name="Metadata">As the create had it.</param>
public sealed record KnownMeeting(
    string Name,
    string MeetingId,
    string InternalMeetingId,
    long CreateTime,
    string? VoiceBridge,
    bool Running,
    bool Recording,
    int Users,
    int Moderators,
    int Voice,
    int Videos,
    bool IsBreakout,
    string? ParentMeetingId,
    IReadOnlyDictionary<string, string> Metadata)
{
    /// <summary>The <c>&lt;meeting&gt;</c> element, in the order of a node's.</summary>
    public byte[] ToXml()
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        var xml = new AnswerWriter(buffer)
            .Begin("meeting"u8)
            .Element("meetingName"u8, Name)
            .Element("meetingID"u8, MeetingId)
            .Element("internalMeetingID"u8, InternalMeetingId)
            .Element("createTime"u8, CreateTime);
        if (!string.IsNullOrEmpty(VoiceBridge))
        {
            xml.Element("voiceBridge"u8, VoiceBridge);
        }

        xml.Element("running"u8, Running)
            .Element("recording"u8, Recording)
            .Element("participantCount"u8, Users)
            .Element("listenerCount"u8, 0)
            .Element("voiceParticipantCount"u8, Voice)
            .Element("videoCount"u8, Videos)
            .Element("moderatorCount"u8, Moderators)
            .Empty("attendees"u8)
            .Metadata(Metadata)
            .Element("isBreakout"u8, IsBreakout);
        if (!string.IsNullOrEmpty(ParentMeetingId))
        {
            xml.Element("parentMeetingID"u8, ParentMeetingId);
        }

        xml.End("meeting"u8);
        return buffer.WrittenSpan.ToArray();
    }
}
