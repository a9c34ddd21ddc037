using System.Net;
using Xunit;

namespace Scalelite.Simulator.Tests;

public sealed class JoinTests : OneNode
{
    private const string Create = "meetingID=abc&name=Room&attendeePW=ap&moderatorPW=mp&maxParticipants=3";

    [Fact]
    public async Task A_join_leads_to_the_client_with_a_session()
    {
        await Bbb.XmlAsync("create", Create);
        using var answer = await Bbb.SendAsync("join", "meetingID=abc&fullName=Ann+O%27Nym&password=mp&userID=u1&userdata-bbb_x=1");
        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        Assert.StartsWith($"http://127.0.0.1:{Node.Port}/html5client/?sessionToken=", answer.Headers.Location!.OriginalString, StringComparison.Ordinal);
        Assert.StartsWith("JSESSIONID=", answer.Headers.GetValues("Set-Cookie").Single(), StringComparison.Ordinal);
        using var client = await BbbCaller.GetAsync(answer.Headers.Location.OriginalString);
        Assert.Equal(HttpStatusCode.OK, client.StatusCode);

        var attendee = (await Bbb.XmlAsync("getMeetingInfo", "meetingID=abc")).Element("attendees")!.Element("attendee")!;
        Assert.Equal(("u1", "Ann O'Nym", "MODERATOR", "1"), (attendee.Of("userID"), attendee.Of("fullName"), attendee.Of("role"), attendee.Element("customdata")!.Of("bbb_x")));
    }

    [Fact]
    public async Task Without_redirect_the_answer_is_XML()
    {
        var create = await Bbb.XmlAsync("create", Create);
        var answer = await Bbb.XmlAsync("join", $"meetingID=abc&fullName=Ann&role=viewer&password=mp&redirect=false&createTime={create.Of("createTime")}");
        Assert.Equal(
            ["returncode", "messageKey", "message", "meeting_id", "user_id", "auth_token", "session_token", "guestStatus", "url"],
            answer.Names());
        Assert.Equal(("successfullyJoined", create.Of("internalMeetingID"), "ALLOW"), (answer.Key(), answer.Of("meeting_id"), answer.Of("guestStatus")));
        Assert.Matches("^w_[a-z0-9]{12}$", answer.Of("user_id"));
        Assert.Equal((1, 0), (Node.Meeting("abc")!.Users, Node.Meeting("abc")!.Moderators));
    }

    [Theory]
    [InlineData("meetingID=abc&password=mp", "missingParamFullName", "You must provide your name")]
    [InlineData("meetingID=never&fullName=A&password=mp", "meetingForciblyEnded", "You can not join a meeting that has already been forcibly ended")]
    [InlineData("meetingID=abc&fullName=A&password=no", "invalidPassword", "The provided password is neither a moderator or attendee password")]
    [InlineData("meetingID=abc&fullName=A", "Params required", "You must enter a valid password")]
    [InlineData("meetingID=abc&fullName=A&role=king", "Params required", "You must either send the valid role of the user, or the password, sould the meeting has one.")]
    [InlineData("meetingID=abc&fullName=A&password=mp&createTime=1", "mismatchCreateTimeParam", "The createTime parameter submitted mismatches with the current meeting.")]
    public async Task What_BBB_refuses_is_refused_in_its_words(string query, string key, string message)
    {
        await Bbb.XmlAsync("create", Create);
        var answer = await Bbb.XmlAsync("join", query + "&redirect=false");
        Assert.Equal(("FAILED", key, message), (answer.Code(), answer.Key(), answer.Of("message")));
        Assert.Equal(0, Node.Users);

        using var redirected = await Bbb.SendAsync("join", query + "&errorRedirectUrl=http%3A%2F%2Fa.example%2Fx%3Fy%3D1");
        var location = redirected.Headers.Location!.OriginalString;
        Assert.StartsWith("http://a.example/x?y=1&errors=", location, StringComparison.Ordinal);
        Assert.Equal($"[{{\"message\":\"{message}\",\"key\":\"{key}\"}}]", Uri.UnescapeDataString(location[(location.IndexOf("errors=", StringComparison.Ordinal) + 7)..]).Replace("\\u0027", "'", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_full_meeting_takes_no_more()
    {
        await Bbb.XmlAsync("create", Create);
        Node.AddUsers("abc", 3);
        Assert.Equal("maxParticipantsReached", (await Bbb.XmlAsync("join", "meetingID=abc&fullName=A&password=ap&redirect=false")).Key());
    }
}
