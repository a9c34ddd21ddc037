using Scalelite.Simulator.Faults;
using Xunit;

namespace Scalelite.Api.Tests.Calls;

/// <summary>Calls about one meeting: passed on as they are, answered with the node's bytes.</summary>
public sealed class ForwardedTests
{
    [Fact]
    public async Task The_query_arrives_as_it_was_sent_and_the_answer_comes_back_as_it_is()
    {
        await using var node = await RecordingNode.StartAsync();
        await using var balancer = await Balancer.StartAsync(0);
        await balancer.RegisterAsync("recording", node.Url, RecordingNode.Secret);
        await balancer.Lms.GetAsync("create", "name=Room&meetingID=room-1");
        var answer = "<?xml version=\"1.0\"?><response>\n<returncode>SUCCESS</returncode><future a='1'>é</future></response>";
        node.Answer = _ => new Told(answer, "application/xml; charset=utf-8");

        var reply = await balancer.Lms.GetAsync("getMeetingInfo", "x=%7e%41+b|c&meetingID=room-1&%E9=1&&y");

        Assert.Equal(answer, reply.Text);
        Assert.Equal("application/xml; charset=utf-8", reply.ContentHeaders.NonValidated["Content-Type"].ToString());
        Assert.Equal(("x=%7e%41+b|c&meetingID=room-1&%E9=1&&y", true), (node.Last.Query.WithoutChecksum, node.Last.IsSigned));
    }

    [Fact]
    public async Task A_document_arrives_as_it_was_sent()
    {
        await using var node = await RecordingNode.StartAsync();
        await using var balancer = await Balancer.StartAsync(0);
        await balancer.RegisterAsync("recording", node.Url, RecordingNode.Secret);
        await balancer.Lms.GetAsync("create", "name=Room&meetingID=room-1");
        var body = "\uFEFF<?xml version='1.0'?><modules><broken &></modules>"u8.ToArray();
        node.Answer = _ => new Told("<response><returncode>FAILED</returncode><message>Presentation feature is disabled, ignoring.</message></response>");

        var reply = await balancer.Lms.PostAsync("insertDocument", "meetingID=room-1", body, "text/xml", chunked: true);

        Assert.Equal(("FAILED", "Presentation feature is disabled, ignoring."), (reply.Code, reply.Message));
        Assert.Equal(("POST", "text/xml", true), (node.Last.Method, node.Last.ContentType, node.Last.IsSigned));
        Assert.Equal(body, node.Last.Start);
    }

    [Theory]
    [InlineData("getMeetingInfo", "Unable to access meeting on server.")]
    [InlineData("sendChatMessage", "Unable to access meeting on server.")]
    [InlineData("insertDocument", "Unable to insert document on server.")]
    public async Task What_is_no_answer_becomes_an_error_of_ours(string call, string message)
    {
        await using var balancer = await Balancer.StartAsync(1);
        await balancer.CreateAsync("room-1");
        var node = balancer.Node("node-1");
        foreach (var fault in new[] { Fault.ChecksumError(), Fault.HtmlError(502), Fault.HtmlError(404), Fault.EmptyReply(), Fault.Reset(), Fault.Hang() })
        {
            node.Faults.Clear();
            node.Faults.Add(fault.On(call));
            var reply = call == "insertDocument"
                ? await balancer.Lms.PostAsync(call, "meetingID=room-1", "<modules/>", "application/xml")
                : await balancer.Lms.GetAsync(call, "meetingID=room-1&message=Hello");
            Assert.Equal((200, "internalError", message), (reply.Status, reply.Key, reply.Message));
        }

        node.Faults.Clear();
        node.Faults.Add(Fault.WrongXml().On(call));
        var odd = call == "insertDocument"
            ? await balancer.Lms.PostAsync(call, "meetingID=room-1", "<modules/>", "application/xml")
            : await balancer.Lms.GetAsync(call, "meetingID=room-1&message=Hello");
        Assert.Equal(("internalError", "node-1"), (odd.Key, await balancer.LocationAsync("room-1")));
    }

    [Fact]
    public async Task A_meeting_that_moved_is_found_where_it_is()
    {
        await using var balancer = await Balancer.StartAsync(2);
        await balancer.CreateAsync("room-1");
        var from = (await balancer.LocationAsync("room-1"))!;
        var to = from == "node-1" ? "node-2" : "node-1";
        Assert.Equal("SUCCESS", (await balancer.Lms.GetAsync("getMeetingInfo", "meetingID=room-1")).Code);
        var running = balancer.Node(to).StartMeeting("room-1");
        balancer.Node(from).EndMeeting("room-1");
        await balancer.Database.ExecuteAsync(
            "update meeting_location set server_id = $1, internal_meeting_id = $2, create_time = $3 where meeting_id = 'room-1'",
            balancer.IdOf(to), running.InternalMeetingID, running.CreateTime);

        Assert.Equal(running.InternalMeetingID, (await balancer.Lms.GetAsync("getMeetingInfo", "meetingID=room-1"))["internalMeetingID"]);
    }

    [Fact]
    public async Task A_busy_meeting_s_server_is_seen_as_disabled_within_a_second()
    {
        await using var balancer = await Balancer.StartAsync(1);
        await balancer.CreateAsync("room-1");
        using var enough = new CancellationTokenSource();
        var busy = Task.Run(async () =>
        {
            while (!enough.IsCancellationRequested) await balancer.Lms.GetAsync("isMeetingRunning", "meetingID=room-1");
        });

        await balancer.DisableAsync("node-1");

        await Scalelite.Testing.Eventually.HoldsAsync(
            "joins are refused", async () => (await balancer.Lms.GetAsync("join", "fullName=A&role=VIEWER&meetingID=room-1")).Status == 200, seconds: 3);
        await enough.CancelAsync();
        await busy;
    }

    [Fact]
    public async Task A_page_of_4xx_is_no_reason_to_suspect_a_server()
    {
        await using var balancer = await Balancer.StartAsync(1, roles: Api.Hosting.Roles.Api | Api.Hosting.Roles.Workers);
        await balancer.CreateAsync("room-1");
        var node = balancer.Node("node-1");

        node.Faults.Add(Fault.HtmlError(404).On("sendChatMessage"));
        await balancer.Lms.GetAsync("sendChatMessage", "meetingID=room-1&message=Hello");
        node.Faults.Add(Fault.HtmlError(502).On("getMeetingInfo"));
        await balancer.Lms.GetAsync("getMeetingInfo", "meetingID=room-1");

        await Scalelite.Testing.Eventually.HoldsAsync(
            "the other failure was told", async () => await SuspicionsAsync() > 0);
        Assert.Equal(
            0, await balancer.Database.ScalarAsync<long>("select count(*) from mt_events where type = 'server_suspected' and data->>'Reason' like '%404%'"));

        Task<long> SuspicionsAsync() => balancer.Database.ScalarAsync<long>("select count(*) from mt_events where type = 'server_suspected'");
    }

    [Fact]
    public async Task A_server_that_answers_a_create_again_is_joined_soon()
    {
        await using var balancer = await Balancer.StartAsync(1, roles: Api.Hosting.Roles.Api | Api.Hosting.Roles.Workers);
        await balancer.CreateAsync("room-1");
        await Scalelite.Testing.Eventually.HoldsAsync(
            "the first poll is over", async () => await balancer.Database.ScalarAsync<long>("select round from server_load") > 0);
        await balancer.OfflineAsync("node-1");
        await Scalelite.Testing.Eventually.HoldsAsync(
            "joins are refused", async () => (await balancer.Lms.GetAsync("join", "fullName=A&role=VIEWER&meetingID=room-1")).Status == 200, seconds: 5);

        var again = await balancer.Lms.GetAsync("create", "name=room-1&meetingID=room-1");

        Assert.Equal("duplicateWarning", again.Key);
        await Scalelite.Testing.Eventually.HoldsAsync(
            "joins are taken", async () => (await balancer.Lms.GetAsync("join", "fullName=A&role=VIEWER&meetingID=room-1")).Status == 302, seconds: 10);
    }
}
