using System.Text;
using Scalelite.Workers.Configuration;
using Xunit;

namespace Scalelite.Api.Tests.Calls;

/// <summary><c>bbb-api.md §1</c>: paths, methods, bodies, headers.</summary>
public sealed class TransportTests(TransportTests.Built shared) : IClassFixture<TransportTests.Built>
{
    private const string Form = "application/x-www-form-urlencoded";

    private Lms Lms => shared.Balancer.Lms;

    [Theory]
    [InlineData("/bigbluebutton/api")]
    [InlineData("/bigbluebutton/api/")]
    [InlineData("/bigbluebutton/api?checksum=wrong&checksum=twice")]
    [InlineData("/bigbluebutton/api/?&checksum=abc")]
    public async Task The_root_tells_the_version_to_anybody(string target)
    {
        foreach (var method in new[] { HttpMethod.Get, HttpMethod.Post })
        {
            var reply = await Lms.SendAsync(method, target);
            Assert.Equal((200, "SUCCESS", "2.0", "2.0", "20261120-1"), (reply.Status, reply.Code, reply["version"], reply["apiVersion"], reply["build"]));
        }
    }

    [Fact]
    public async Task A_slash_behind_the_call_does_no_harm()
    {
        var target = Lms.Sign("join", "meetingID=nowhere&fullName=x").Replace("join?", "join/?", StringComparison.Ordinal);

        Assert.Equal("notFound", (await Lms.GetUrlAsync(target)).Key);
    }

    [Theory]
    [InlineData("GET", "getDefaultConfigXML")]
    [InlineData("GET", "Create")]
    [InlineData("GET", "create/more")]
    [InlineData("POST", "join")]
    [InlineData("POST", "sendChatMessage")]
    [InlineData("POST", "publishRecordings")]
    [InlineData("POST", "deleteRecordings")]
    [InlineData("GET", "insertDocument")]
    [InlineData("PUT", "create")]
    [InlineData("DELETE", "end")]
    [InlineData("OPTIONS", "getMeetings")]
    public async Task An_unknown_call_or_another_method_is_not_supported(string method, string call)
    {
        var reply = await Lms.SendAsync(new HttpMethod(method), Lms.Sign(call, "meetingID=abc"));

        Assert.Equal(
            (200, "FAILED", "unsupportedRequest", "This request is not supported."), (reply.Status, reply.Code, reply.Key, reply.Message));
    }

    [Theory]
    [InlineData("isMeetingRunning", Form, true)]
    [InlineData("isMeetingRunning", Form + "; charset=utf-8", true)]
    [InlineData("isMeetingRunning", "Application/X-WWW-Form-URLencoded;charset=UTF-8", true)]
    [InlineData("isMeetingRunning", Form + ";charset=", true)]
    [InlineData("isMeetingRunning", "multipart/form-data; boundary=x", true)]
    [InlineData("isMeetingRunning", "application/xml", false)]
    [InlineData("isMeetingRunning", "application/json", false)]
    [InlineData("getMeetings", "text/xml", false)]
    [InlineData("end", "text/plain", false)]
    [InlineData("getMeetingInfo", null, false)]
    [InlineData("create", Form, true)]
    [InlineData("create", "multipart/form-data; boundary=x", true)]
    [InlineData("create", "application/xml; charset=utf-8", true)]
    [InlineData("create", "TEXT/XML", true)]
    [InlineData("create", "application/json", false)]
    [InlineData("insertDocument", "application/xml", true)]
    [InlineData("insertDocument", "text/xml;charset=utf-8", true)]
    [InlineData("insertDocument", Form, false)]
    [InlineData("insertDocument", "application/xmlx", false)]
    public async Task Each_call_takes_its_own_types_of_bodies(string call, string? contentType, bool taken)
    {
        using var body = new ByteArrayContent("<modules/>"u8.ToArray());
        if (contentType is not null) body.Headers.TryAddWithoutValidation("Content-Type", contentType);

        // An id that no server is looked up for: what is asked is how far the request comes.
        var reply = await Lms.SendAsync(HttpMethod.Post, Lms.Sign(call, "meetingID="), body);

        Assert.Equal(200, reply.Status);
        if (taken) Assert.NotEqual("unsupportedContentType", reply.Key);
        else Assert.Equal(("unsupportedContentType", "POST request Content-Type is missing or unsupported"), (reply.Key, reply.Message));
    }

    [Theory]
    [InlineData("isMeetingRunning", "application/xml")]
    [InlineData("end", "application/json")]
    [InlineData("getMeetings", "application/xml")]
    public async Task An_empty_body_may_have_any_type(string call, string contentType)
    {
        var reply = await Lms.PostAsync(call, "meetingID=nowhere", [], contentType);

        Assert.NotEqual("unsupportedContentType", reply.Key);
        Assert.NotEqual("checksumError", reply.Key);
    }

    [Fact]
    public async Task A_form_of_up_to_a_mebibyte_is_read_and_not_used()
    {
        var form = "meetingID=other&x=" + new string('x', (1 << 20) - 100);

        var reply = await Lms.PostAsync("isMeetingRunning", "meetingID=foobar", form, Form);

        Assert.Equal("SUCCESS", reply.Code);
    }

    [Fact]
    public async Task A_longer_form_is_refused()
    {
        var reply = await Lms.PostAsync("isMeetingRunning", "meetingID=foobar", new string('x', (1 << 20) + 1), Form);

        Assert.Equal((200, "FAILED", "unsupportedContentType"), (reply.Status, reply.Code, reply.Key));
    }

    [Theory]
    [InlineData("/bigbluebutton")]
    [InlineData("/bigbluebutton/")]
    [InlineData("/bigbluebutton/apix/create")]
    [InlineData("/bigbluebutton/other")]
    [InlineData("/index.php")]
    [InlineData("/api/create")]
    public async Task Elsewhere_nothing_is_found(string path)
    {
        Assert.Equal(404, (await Lms.GetUrlAsync(path)).Status);
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/health_check")]
    public async Task The_site_s_root_answers_as_the_health_check(string path)
    {
        var reply = await Lms.GetUrlAsync(path);

        Assert.Equal((200, "success", "text/plain; charset=utf-8"), (reply.Status, reply.Text, reply.ContentHeaders.ContentType?.ToString()));
        Assert.Equal(200, (await Lms.SendAsync(HttpMethod.Head, path)).Status);
    }

    [Fact]
    public async Task Answers_are_xml_that_nobody_keeps()
    {
        foreach (var target in new[] { Lms.Sign("getMeetings"), "/bigbluebutton/api", "/bigbluebutton/api/nothing" })
        {
            var reply = await Lms.GetUrlAsync(target);
            Assert.Equal("text/xml;charset=utf-8", reply.ContentHeaders.NonValidated["Content-Type"].ToString());
            Assert.Equal("no-cache", reply.Headers.NonValidated["Cache-Control"].ToString());
            Assert.False(reply.Headers.Contains("Server"));
            Assert.StartsWith("<response>", reply.Text, StringComparison.Ordinal);
            Assert.Equal(reply.Bytes.Length, reply.ContentHeaders.ContentLength);
        }
    }

    [Fact]
    public async Task A_head_request_gets_the_head_alone()
    {
        var whole = await Lms.GetUrlAsync("/bigbluebutton/api");
        var head = await Lms.SendAsync(HttpMethod.Head, "/bigbluebutton/api");

        Assert.Equal((200, 0, (long?)whole.Bytes.Length), (head.Status, head.Bytes.Length, head.ContentHeaders.ContentLength));
    }

    [Fact]
    public async Task A_query_of_sixty_thousand_characters_is_taken()
    {
        var reply = await Lms.GetAsync("isMeetingRunning", $"meetingID=foobar&more={new string('x', 60_000)}");

        Assert.Equal("SUCCESS", reply.Code);
    }

    [Fact]
    public async Task An_id_that_no_database_can_hold_is_an_unknown_meeting()
    {
        Assert.Equal("notFound", (await Lms.GetAsync("getMeetingInfo", "meetingID=a%00b")).Key);
        Assert.Equal("false", (await Lms.GetAsync("isMeetingRunning", "meetingID=a%00b"))["running"]);
        Assert.Equal("validationError", (await Lms.GetAsync("create", "name=ab&meetingID=a%00b")).Key);
    }

    [Theory]
    [InlineData("getMeetingInfo", "missingParamMeetingID")]
    [InlineData("isMeetingRunning", "missingParamMeetingID")]
    [InlineData("end", "missingParamMeetingID")]
    [InlineData("join", "missingParamMeetingID")]
    [InlineData("sendChatMessage", "missingParamMeetingID")]
    public async Task A_call_about_a_meeting_needs_its_id(string call, string key)
    {
        foreach (var query in new[] { "", "meetingID=", "MeetingID=abc" })
        {
            var reply = await Lms.GetAsync(call, query);
            Assert.Equal((key, "You must specify a meeting ID for the meeting."), (reply.Key, reply.Message));
        }
    }

    [Fact]
    public async Task Xml_of_a_wrong_request_is_not_waited_for()
    {
        using var body = new ByteArrayContent(Encoding.UTF8.GetBytes(new string(' ', 200_000)));
        body.Headers.TryAddWithoutValidation("Content-Type", "application/xml");

        Assert.Equal("checksumError", (await Lms.SendAsync(HttpMethod.Post, "/bigbluebutton/api/create?meetingID=ab&checksum=00", body)).Key);
    }

    public sealed class Built : SharedBalancer
    {
        private protected override Settings Change(Settings settings) =>
            settings with { Meetings = settings.Meetings with { BuildNumber = "20261120-1" } };
    }
}
