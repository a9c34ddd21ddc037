using System.Globalization;
using System.Net;
using System.Xml.Linq;
using Xunit;

namespace Scalelite.Simulator.Tests;

public sealed class InspectionTests : OneNode
{
    [Theory]
    [InlineData("")]
    [InlineData("/")]
    [InlineData("?&checksum=whatever")]
    public async Task The_root_tells_the_versions_to_anyone(string suffix)
    {
        using var answer = await BbbCaller.GetAsync(Node.Url + suffix);
        Assert.Equal(
            "<response><returncode>SUCCESS</returncode><version>2.0</version><apiVersion>2.0</apiVersion><bbbVersion>3.0.19</bbbVersion><graphqlWebsocketUrl/><graphqlApiUrl/></response>",
            await answer.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task A_call_that_nobody_knows_is_unsupported_and_a_wrong_method_a_page()
    {
        Assert.Equal("unsupportedRequest", (await Bbb.XmlAsync("enter")).Key());
        using var answer = await Bbb.SendAsync("insertDocument", "meetingID=abc");
        Assert.Equal(HttpStatusCode.MethodNotAllowed, answer.StatusCode);
        using var elsewhere = await BbbCaller.GetAsync(Node.Url.Replace("/bigbluebutton/api", "/other", StringComparison.Ordinal));
        Assert.Equal(HttpStatusCode.NotFound, elsewhere.StatusCode);
        Assert.Equal(2, Node.Journal.Count("unsupported"));
    }

    [Fact]
    public async Task A_meeting_runs_while_somebody_is_in_it()
    {
        Assert.Equal("false", (await Bbb.XmlAsync("isMeetingRunning", "meetingID=foobar")).Of("running"));
        Assert.Equal(("missingParamMeetingID", "You must provide a meeting ID"), Both(await Bbb.XmlAsync("isMeetingRunning")));
        Assert.Equal("sizeError", (await Bbb.XmlAsync("isMeetingRunning", "meetingID=")).Key());
        Node.StartMeeting("abc");
        Assert.Equal("false", (await Bbb.XmlAsync("isMeetingRunning", "meetingID=abc")).Of("running"));
        Node.AddUsers("abc", 1);
        Assert.Equal("true", (await Bbb.XmlAsync("isMeetingRunning", "meetingID=abc")).Of("running"));
        Node.RemoveUsers("abc", 1);
        Assert.Equal("false", (await Bbb.XmlAsync("isMeetingRunning", "meetingID=abc")).Of("running"));
    }

    [Fact]
    public async Task GetMeetingInfo_has_all_fields_in_their_order()
    {
        var create = await Bbb.XmlAsync("create", "meetingID=abc&name=Room&meta_a=1&record=true&maxParticipants=50");
        Node.AddUsers("abc", 10, moderators: 2);
        Node.SetVideos("abc", 3);
        var info = await Bbb.XmlAsync("getMeetingInfo", "meetingID=abc");
        Assert.Equal(
            ["returncode", "meetingName", "meetingID", "internalMeetingID", "createTime", "createDate", "voiceBridge", "dialNumber", "attendeePW", "moderatorPW", "running",
                "duration", "hasUserJoined", "recording", "hasBeenForciblyEnded", "startTime", "endTime", "participantCount", "listenerCount", "voiceParticipantCount",
                "videoCount", "maxUsers", "moderatorCount", "attendees", "metadata", "isBreakout"],
            info.Names());
        foreach (var (name, value) in new[]
        {
            ("running", "true"), ("hasUserJoined", "true"), ("recording", "true"), ("endTime", "0"), ("participantCount", "10"), ("listenerCount", "8"),
            ("voiceParticipantCount", "2"), ("videoCount", "3"), ("maxUsers", "50"), ("moderatorCount", "2"), ("isBreakout", "false"),
            ("createTime", create.Of("createTime")), ("startTime", create.Of("createTime")), ("internalMeetingID", create.Of("internalMeetingID")),
        })
        {
            Assert.Equal((name, value), (name, info.Of(name)));
        }

        var attendees = info.Element("attendees")!.Elements().ToArray();
        Assert.Equal(10, attendees.Length);
        Assert.Equal(
            ["userID", "fullName", "role", "isPresenter", "isListeningOnly", "hasJoinedVoice", "hasVideo", "clientType"],
            attendees[0].Names());
        Assert.Equal(("MODERATOR", "true", "VIEWER", "false"), (attendees[0].Of("role"), attendees[0].Of("isPresenter"), attendees[9].Of("role"), attendees[9].Of("hasVideo")));
        Assert.Equal("1", info.Element("metadata")!.Of("a"));

        var byInternalID = await Bbb.XmlAsync("getMeetingInfo", "meetingID=" + create.Of("internalMeetingID"));
        Assert.True(XNode.DeepEquals(info, byInternalID));
    }

    [Theory]
    [InlineData("getMeetingInfo", "meetingID=abc")]
    [InlineData("getMeetingInfo", "")]
    [InlineData("end", "meetingID=abc")]
    public async Task What_is_not_there_is_not_found(string call, string query) =>
        Assert.Equal(("notFound", "A meeting with that ID does not exist"), Both(await Bbb.XmlAsync(call, query)));

    [Fact]
    public async Task GetMeetings_lists_every_meeting_with_the_fields_of_getMeetingInfo()
    {
        var none = await Bbb.XmlAsync("getMeetings");
        Assert.Equal(["returncode", "meetings", "messageKey", "message"], none.Names());
        Assert.Equal(("noMeetings", "no meetings were found on this server"), Both(none));

        for (var i = 0; i < 50; i++)
        {
            Node.StartMeeting($"meeting-{i}");
            Node.AddUsers($"meeting-{i}", i);
        }

        var meetings = (await Bbb.XmlAsync("getMeetings")).Element("meetings")!.Elements("meeting").ToArray();
        Assert.Equal(50, meetings.Length);
        Assert.Equal(1225, meetings.Sum(m => int.Parse(m.Of("participantCount"), CultureInfo.InvariantCulture)));
        var info = await Bbb.XmlAsync("getMeetingInfo", "meetingID=meeting-7");
        Assert.Equal(info.Names().Skip(1), meetings[7].Names());
    }

    [Fact]
    public async Task Sessions_chat_and_documents()
    {
        Assert.Equal(("noSessions", "no sessions were found on this serverr"), Both(await Bbb.XmlAsync("getSessions")));
        Assert.Equal("Meeting with id [abc] not found.", (await Bbb.PostAsync("insertDocument", "meetingID=abc", "<modules/>"u8.ToArray(), "text/xml")).Of("message"));
        Node.StartMeeting("abc");
        Assert.Equal(("meetingNotFound", "Meeting not found"), Both(await Bbb.XmlAsync("sendChatMessage", "meetingID=abc&message=hello")));
        Node.AddUsers("abc", 2);
        Assert.Equal(2, (await Bbb.XmlAsync("getSessions")).Element("sessions")!.Elements("meeting").Count());
        Assert.Equal(("", "Message successfully sent"), Both(await Bbb.XmlAsync("sendChatMessage", "meetingID=abc&message=hello&userName=bot")));
        Assert.Equal(("nullError", "You must provide the param message"), Both(await Bbb.XmlAsync("sendChatMessage", "meetingID=abc")));
        Assert.Equal("sizeError", (await Bbb.XmlAsync("sendChatMessage", "meetingID=abc&message=" + new string('x', 501))).Key());

        var inserted = await Bbb.PostAsync("insertDocument", "meetingID=abc", "<modules><module><document/></module></modules>"u8.ToArray(), "application/xml");
        Assert.Equal(["returncode", "message"], inserted.Names());
        Assert.Equal("Presentation is being uploaded", inserted.Of("message"));
        Assert.Equal("unsupportedContentType", (await Bbb.PostAsync("insertDocument", "meetingID=abc", "a=b"u8.ToArray(), "application/x-www-form-urlencoded")).Key());
        var meeting = Node.Meeting("abc")!;
        Assert.Equal((1, "hello"), (meeting.Documents, meeting.ChatMessages.Single()));
    }

    [Fact]
    public async Task End_ends_whatever_the_password_and_says_so_with_two_spaces()
    {
        Node.StartMeeting("abc");
        var answer = await Bbb.XmlAsync("end", "meetingID=abc&password=wrong");
        Assert.Equal("sentEndMeetingRequest", answer.Key());
        Assert.Contains("was sent.  Please wait", answer.Of("message"), StringComparison.Ordinal);
        Assert.Empty(Node.Meetings);
        Assert.Equal("abc", Node.Journal.Ends.Single().MeetingID);
    }

    private static (string Key, string Message) Both(XElement answer) => (answer.Key(), answer.Of("message"));
}
