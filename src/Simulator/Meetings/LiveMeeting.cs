using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Scalelite.Simulator.Answers;

namespace Scalelite.Simulator.Meetings;

/// <summary>A meeting on a node, from create to end. Its node's lock guards it.</summary>
internal sealed class LiveMeeting
{
    private readonly byte[] _head;
    private readonly byte[] _tail;

    public LiveMeeting(MeetingPlan plan, string attendeePW, string moderatorPW, string voiceBridge, long createTime)
    {
        (Plan, AttendeePW, ModeratorPW, VoiceBridge, CreateTime) = (plan, attendeePW, moderatorPW, voiceBridge, createTime);
        InternalMeetingID = $"{HashOf(plan.MeetingID)}-{createTime}";
        CreateDate = DateTimeOffset.FromUnixTimeMilliseconds(createTime).ToString("ddd MMM dd HH:mm:ss 'UTC' yyyy", CultureInfo.InvariantCulture);
        NobodySince = DateTimeOffset.FromUnixTimeMilliseconds(createTime);
        _head = Head();
        _tail = Tail();
    }

    public MeetingPlan Plan { get; }

    public string MeetingID => Plan.MeetingID;

    public string InternalMeetingID { get; }

    public string AttendeePW { get; }

    public string ModeratorPW { get; }

    public string VoiceBridge { get; }

    public long CreateTime { get; }

    public string CreateDate { get; }

    public bool HasUserJoined { get; private set; }

    /// <summary>Since when nobody has been in it: its creation or the last leaving.</summary>
    public DateTimeOffset NobodySince { get; private set; }

    public List<Attendee> Attendees { get; } = [];

    public int MostUsers { get; private set; }

    public List<LiveMeeting> Breakouts { get; } = [];

    /// <summary>The internal ids of all breakout rooms that it ever had.</summary>
    public List<string> BreakoutIDs { get; } = [];

    public List<string> Chat { get; } = [];

    public int Documents { get; set; }

    public long DocumentBytes { get; set; }

    /// <summary>How many users it aims at, where they come by themselves.</summary>
    public int UsersAimedAt { get; set; }

    /// <summary>What a node's internal ids begin with.</summary>
    public static string HashOf(string meetingID)
    {
        // CA5350: BBB's own naming, no security.
#pragma warning disable CA5350
        return Convert.ToHexStringLower(SHA1.HashData(Encoding.UTF8.GetBytes(meetingID)));
#pragma warning restore CA5350
    }

    public void Enter(Attendee attendee)
    {
        attendee.IsPresenter = attendee.IsModerator && !Attendees.Exists(a => a.IsPresenter);
        Attendees.Add(attendee);
        HasUserJoined = true;
        MostUsers = Math.Max(MostUsers, Attendees.Count);
    }

    public void Leave(Attendee attendee, DateTimeOffset now)
    {
        if (Attendees.Remove(attendee) && Attendees.Count == 0)
        {
            NobodySince = now;
        }
    }

    /// <summary>The fields of getMeetingInfo and of each meeting in getMeetings, in BBB's order (<c>bbb-api.md §3.6</c>).</summary>
    public void WriteTo(XmlBuffer xml, bool separators)
    {
        int moderators = 0, voices = 0, videos = 0;
        foreach (var attendee in Attendees)
        {
            moderators += attendee.IsModerator ? 1 : 0;
            voices += attendee.HasVoice ? 1 : 0;
            videos += attendee.HasVideo ? 1 : 0;
        }

        xml.Raw(_head)
            .Element("running"u8, Attendees.Count > 0)
            .Element("duration"u8, (long)Plan.Duration.TotalMinutes)
            .Element("hasUserJoined"u8, HasUserJoined)
            .Element("recording"u8, Plan.Record)
            .Raw("<hasBeenForciblyEnded>false</hasBeenForciblyEnded>"u8)
            .Element("startTime"u8, CreateTime)
            .Raw("<endTime>0</endTime>"u8)
            .Count("participantCount"u8, Attendees.Count, separators)
            .Count("listenerCount"u8, Attendees.Count - voices, separators)
            .Count("voiceParticipantCount"u8, voices, separators)
            .Count("videoCount"u8, videos, separators)
            .Count("maxUsers"u8, Plan.MaxParticipants, separators)
            .Count("moderatorCount"u8, moderators, separators)
            .Raw("<attendees>"u8);
        foreach (var attendee in Attendees)
        {
            xml.Raw(attendee.Xml);
        }

        xml.Raw("</attendees>"u8).Raw(_tail);
        if (Breakouts.Count > 0)
        {
            xml.Raw("<breakoutRooms>"u8);
            foreach (var breakout in Breakouts)
            {
                xml.Element("breakout"u8, breakout.InternalMeetingID);
            }

            xml.Raw("</breakoutRooms>"u8);
        }
    }

    public SimulatedMeeting Snapshot() => new(
        MeetingID,
        InternalMeetingID,
        Plan.Name,
        CreateTime,
        AttendeePW,
        ModeratorPW,
        VoiceBridge,
        Attendees.Count,
        Attendees.Count(a => a.IsModerator),
        Attendees.Count(a => a.HasVoice),
        Attendees.Count(a => a.HasVideo),
        HasUserJoined,
        Plan.Breakout is not null,
        Plan.Breakout?.Parent.InternalMeetingID,
        Plan.Metadata,
        Documents,
        DocumentBytes,
        [.. Chat]);

    private byte[] Head()
    {
        using var xml = new XmlBuffer();
        return xml.Element("meetingName"u8, Plan.Name)
            .Element("meetingID"u8, MeetingID)
            .Element("internalMeetingID"u8, InternalMeetingID)
            .Element("createTime"u8, CreateTime)
            .Element("createDate"u8, CreateDate)
            .Element("voiceBridge"u8, VoiceBridge)
            .Element("dialNumber"u8, Plan.DialNumber)
            .Element("attendeePW"u8, AttendeePW)
            .Element("moderatorPW"u8, ModeratorPW)
            .ToArray();
    }

    private byte[] Tail()
    {
        using var xml = new XmlBuffer();
        xml.Raw("<metadata>"u8);
        foreach (var (name, value) in Plan.Metadata)
        {
            xml.Element(Encoding.UTF8.GetBytes(name), value);
        }

        xml.Raw("</metadata>"u8).Element("isBreakout"u8, Plan.Breakout is not null);
        if (Plan.Breakout is { } breakout)
        {
            xml.Element("parentMeetingID"u8, breakout.Parent.InternalMeetingID)
                .Element("sequence"u8, breakout.Sequence)
                .Element("freeJoin"u8, breakout.FreeJoin);
        }

        return xml.ToArray();
    }
}
