using System.Buffers;
using System.Text;
using System.Xml.Linq;
using Scalelite.BigBlueButton.Answers;
using Xunit;

namespace Scalelite.BigBlueButton.Tests.Answers;

public sealed class NodeMeetingsTests
{
    private const string Meeting = """
        <meeting><meetingName>A &amp; B</meetingName><meetingID>ext-1</meetingID><internalMeetingID>i-1</internalMeetingID><createTime>1531155809613</createTime>
        <voiceBridge>07012</voiceBridge><attendeePW>ap</attendeePW><moderatorPW>mp</moderatorPW><running>true</running><recording>true</recording>
        <hasBeenForciblyEnded>false</hasBeenForciblyEnded><participantCount>1,234</participantCount><listenerCount>7</listenerCount>
        <voiceParticipantCount>1 001</voiceParticipantCount><videoCount>2.002</videoCount><maxUsers>0</maxUsers><moderatorCount>3</moderatorCount>
        <attendees><attendee><userID>u</userID><fullName>Ann</fullName><customdata><k>v</k></customdata></attendee></attendees>
        <metadata><tenant-id>t1</tenant-id><bbb-context><![CDATA[x<y]]></bbb-context></metadata><isBreakout>false</isBreakout></meeting>
        """;

    private const string Breakout = """
        <meeting><meetingName>Room 1</meetingName><meetingID>b-1</meetingID><internalMeetingID>ib-1</internalMeetingID><createTime>2</createTime>
        <running>false</running><participantCount>0</participantCount><attendees/><metadata/><isBreakout>true</isBreakout>
        <parentMeetingID>i-1</parentMeetingID><sequence>4</sequence><freeJoin>false</freeJoin></meeting>
        """;

    [Fact]
    public void Meetings_are_read_with_their_counts_and_without_names()
    {
        var read = Parse(Wrap(Meeting + "\n" + Breakout));
        Assert.True(read.IsValid);
        var meeting = read.Meetings[0];
        Assert.Equal(("ext-1", "i-1", 1531155809613L, "A & B", "07012"), (meeting.MeetingId, meeting.InternalMeetingId, meeting.CreateTime, meeting.Name, meeting.VoiceBridge));
        Assert.Equal((1234, 3, 7, 1001, 2002), (meeting.Users, meeting.Moderators, meeting.Listeners, meeting.Voice, meeting.Videos));
        Assert.True(meeting is { Running: true, Recording: true, IsEnding: false, IsBreakout: false, TenantId: "t1" });
        Assert.Equal("x<y", meeting.Metadata["bbb-context"]);
        Assert.DoesNotContain("Ann", meeting.ToString(), StringComparison.Ordinal);
        Assert.True(read.Meetings[1] is { IsBreakout: true, ParentMeetingId: "i-1", Sequence: 4, Running: false, TenantId: null });
    }

    [Theory]
    [InlineData("1,234", 1234)]
    [InlineData("1.234.567", 1234567)]
    [InlineData("1\u00A0234", 1234)]
    [InlineData("1\u202F234", 1234)]
    [InlineData("1&#160;234", 1234)]
    [InlineData("1’234", 1234)]
    [InlineData(" 5 ", 5)]
    [InlineData("", 0)]
    [InlineData("-1", 0)]
    [InlineData("99999999999999999999", int.MaxValue)]
    public void Counts_may_have_separators(string text, int users) =>
        Assert.Equal(users, Parse(Wrap($"<meeting><meetingID>ab</meetingID><participantCount>{text}</participantCount></meeting>")).Meetings[0].Users);

    [Fact]
    public void Elements_are_the_nodes_own_bytes()
    {
        var bytes = Encoding.UTF8.GetBytes(Wrap(Meeting + Breakout));
        var read = NodeMeetings.Parse(bytes);
        Assert.Equal([Meeting, Breakout], read.Elements.Select(element => Encoding.UTF8.GetString(element.Span)));
        Assert.True(bytes.AsSpan().Overlaps(read.Elements[0].Span));
    }

    [Fact]
    public void Elements_of_several_nodes_make_one_answer()
    {
        var buffer = new ArrayBufferWriter<byte>();
        var known = new KnownMeeting("Ü", "k", "ik", 5, "1", true, false, 3, 1, 2, 0, false, null, new Dictionary<string, string> { ["a"] = "", ["b c"] = "no" });
        BbbXml.WriteMeetings(buffer, [Parse(Wrap(Meeting)).Elements[0], Parse(Wrap(Breakout)).Elements[0], known.ToXml()]);
        var merged = NodeMeetings.Parse(buffer.WrittenMemory);
        Assert.True(merged.IsValid);
        Assert.Equal(["ext-1", "b-1", "k"], merged.Meetings.Select(meeting => meeting.MeetingId));
        Assert.Equal("", Assert.Single(merged.Meetings[2].Metadata).Value);
        Assert.Equal(3, XDocument.Parse(Encoding.UTF8.GetString(buffer.WrittenSpan)).Root!.Element("meetings")!.Elements("meeting").Count());
    }

    [Fact]
    public void No_meetings_at_all_is_the_answer_that_clients_know()
    {
        var buffer = new ArrayBufferWriter<byte>();
        BbbXml.WriteMeetings(buffer, []);
        Assert.Equal(
            "<response><returncode>SUCCESS</returncode><meetings/><messageKey>noMeetings</messageKey><message>no meetings were found on this server</message></response>",
            Encoding.UTF8.GetString(buffer.WrittenSpan));
        var read = NodeMeetings.Parse(buffer.WrittenMemory);
        Assert.True(read.IsValid);
        Assert.Empty(read.Meetings);
    }

    [Theory]
    [InlineData("<meetingName>a\u0001b</meetingName>", "ab")]
    [InlineData("<meetingName>a&b</meetingName>", "a&b")]
    [InlineData("<meetingName>a&#1;b</meetingName>", "ab")]
    [InlineData("<meetingName>a&nbsp;b</meetingName>", "a&nbsp;b")]
    public void One_meetings_bad_name_does_not_spoil_the_answer_for_all(string name, string shown)
    {
        var read = Parse(Wrap($"<meeting><meetingID>ab</meetingID>{name}<metadata><a><![CDATA[x&y]]></a></metadata></meeting>" + Breakout));
        var buffer = new ArrayBufferWriter<byte>();
        BbbXml.WriteMeetings(buffer, read.Elements);
        var xml = XDocument.Parse(Encoding.UTF8.GetString(buffer.WrittenSpan));
        Assert.Equal([shown, "Room 1"], xml.Descendants("meetingName").Select(element => element.Value));
        Assert.Equal("x&y", xml.Descendants("a").Single().Value);
    }

    [Theory]
    [InlineData("<response><returncode>SUCCESS</returncode><version>2.0</version></response>")]
    [InlineData("<response><returncode>SUCCESS</returncode><meetings><meeting><meetingID>ab</meetingID></meeting>")]
    [InlineData("<response><returncode>FAILED</returncode><meetings/></response>")]
    [InlineData("<html/>")]
    [InlineData("")]
    public void What_does_not_list_meetings_does_not_say_that_there_are_none(string text) => Assert.False(Parse(text).IsValid);

    [Fact]
    public void A_big_answer_is_read_whole()
    {
        var read = Parse(Wrap(string.Concat(Enumerable.Repeat(Meeting, 5_000))));
        Assert.True(read.IsValid);
        Assert.Equal(5_000, read.Meetings.Count);
    }

    private static string Wrap(string meetings) => $"<response><returncode>SUCCESS</returncode><meetings>{meetings}</meetings></response>";

    private static NodeMeetings Parse(string text) => NodeMeetings.Parse(Encoding.UTF8.GetBytes(text));
}
