using System.Diagnostics;
using Scalelite.Simulator.Faults;
using Scalelite.Workers.Configuration;
using Xunit;

namespace Scalelite.Api.Tests.Calls;

/// <summary>Where a create goes, and what becomes of it when nodes fail.</summary>
public sealed class PlacingTests
{
    [Fact]
    public async Task Without_a_server_there_is_no_meeting()
    {
        await using var balancer = await Balancer.StartAsync(0);

        var reply = await balancer.Lms.GetAsync("create", "name=Room&meetingID=room-1");

        Assert.Equal((200, "internalError", "Could not find any available servers."), (reply.Status, reply.Key, reply.Message));
        Assert.Null(await balancer.LocationAsync("room-1"));
    }

    [Fact]
    public async Task Tags_prefer_require_and_list()
    {
        await using var balancer = await Balancer.StartAsync(3, register: false);
        await balancer.RegisterAsync(balancer.Node("node-1"));
        await balancer.RegisterAsync(balancer.Node("node-2"), "big");
        await balancer.RegisterAsync(balancer.Node("node-3"), "small");
        var number = 0;

        Assert.Equal("node-1", await PlacedAsync(""));
        Assert.Equal("node-2", await PlacedAsync("&meta_server-tag=big"));
        Assert.Equal("node-2", await PlacedAsync("&meta_server-tag=big!"));
        Assert.Equal("node-3", await PlacedAsync("&meta_server-tag=other;small!"));
        Assert.Equal("node-1", await PlacedAsync("&meta_server-tag=other"));
        Assert.Equal("node-1", await PlacedAsync("&meta_server-tag=other;none!"));
        Assert.Equal("big", balancer.Node("node-2").Meetings[0].Metadata["server-tag"]);
        Assert.False(balancer.Node("node-1").Meetings[0].Metadata.ContainsKey("server-tag"));
        var refused = await balancer.Lms.GetAsync("create", "name=Room&meetingID=required&meta_server-tag=other!");
        Assert.Equal(("serverTagUnavailable", "There is no available server with the required tag=other."), (refused.Key, refused.Message));

        async Task<string?> PlacedAsync(string tag)
        {
            var id = $"room-{++number}";
            await balancer.CreateAsync(id, tag);
            return await balancer.LocationAsync(id);
        }
    }

    [Fact]
    public async Task One_meeting_has_one_place_however_many_ask_at_once()
    {
        await using var balancer = await Balancer.StartAsync(3);

        var replies = await Task.WhenAll(Enumerable.Range(0, 40).Select(_ => balancer.Lms.GetAsync("create", "name=Room&meetingID=room-1")));

        Assert.All(replies, reply => Assert.Equal("SUCCESS", reply.Code));
        Assert.Single(replies.Select(reply => reply["internalMeetingID"]).Distinct());
        Assert.Single(balancer.Pool.Nodes, node => node.Meetings.Count == 1);
    }

    [Theory]
    [InlineData(FaultKind.ChecksumError)]
    [InlineData(FaultKind.HtmlError)]
    [InlineData(FaultKind.WrongXml)]
    [InlineData(FaultKind.EmptyReply)]
    [InlineData(FaultKind.Reset)]
    [InlineData(FaultKind.Hang)]
    public async Task A_node_that_gives_no_answer_of_its_own_is_followed_by_the_next(FaultKind kind)
    {
        await using var balancer = await Balancer.StartAsync(2);
        balancer.Node("node-1").Faults.Add(new Fault(kind).On("create"));
        balancer.Node("node-2").Faults.Add(Fault.Latency(TimeSpan.FromMilliseconds(1)));

        var replies = await Task.WhenAll(Enumerable.Range(1, 4).Select(n => balancer.Lms.GetAsync("create", $"name=Room&meetingID=room-{n}")));

        Assert.All(replies, reply => Assert.Equal("SUCCESS", reply.Code));
        Assert.Equal(4, balancer.Node("node-2").Meetings.Count);
        // What people have in their calendars: the first of the meeting's numbers, at whichever attempt.
        var first = await balancer.Database.RowsAsync("select meeting_id, voice_bridge, ended_at from meeting_instance where state <> 'failed'");
        Assert.All(first, row => Assert.Null(row[2]));
        Assert.Equal(4, await balancer.Database.ScalarAsync<long>("select count(*) from voice_bridge"));
    }

    [Fact]
    public async Task The_number_is_the_first_at_whichever_attempt()
    {
        await using var balancer = await Balancer.StartAsync(2);
        foreach (var node in balancer.Pool.Nodes) node.Faults.Add(Fault.HtmlError().On("create").Next(1));
        balancer.Node("node-1").Faults.Add(Fault.HtmlError().On("create"));

        await balancer.Lms.GetAsync("create", "name=Room&meetingID=abc");
        await balancer.CreateAsync("abc");

        Assert.Equal("715622307", balancer.Node("node-2").Meeting("abc")!.VoiceBridge);
    }

    [Fact]
    public async Task What_a_node_refuses_the_caller_hears_and_nothing_is_left_of_it()
    {
        await using var balancer = await Balancer.StartAsync(2);

        var reply = await balancer.Lms.GetAsync("create", "name=x&meetingID=room-1");

        Assert.Equal(("sizeError", "Meeting name must be between 2 and 256 characters"), (reply.Key, reply.Message));
        Assert.Null(await balancer.LocationAsync("room-1"));
        Assert.Equal(1, balancer.Pool.Nodes.Sum(node => node.Journal.Count("create")));
        Assert.Equal(0, await balancer.Database.ScalarAsync<long>("select count(*) from voice_bridge"));
    }

    [Fact]
    public async Task An_error_without_a_key_is_passed_on()
    {
        await using var node = await RecordingNode.StartAsync();
        await using var balancer = await Balancer.StartAsync(0);
        await balancer.RegisterAsync("recording", node.Url, RecordingNode.Secret);
        var answer = "<response><returncode>FAILED</returncode><errors><error><key>nonUniqueVoiceBridge</key><message>The selected voice bridge is already in use.</message></error></errors></response>";
        node.Answer = _ => new Told(answer);

        Assert.Equal(answer, (await balancer.Lms.GetAsync("create", "name=Room&meetingID=room-1")).Text);
        Assert.Null(await balancer.LocationAsync("room-1"));
    }

    [Fact]
    public async Task A_create_with_a_body_goes_to_the_next_server_with_all_of_it()
    {
        await using var balancer = await Balancer.StartAsync(2);
        foreach (var node in balancer.Pool.Nodes) node.Faults.Add(new Fault(FaultKind.HtmlError).On("create").Next(1));
        balancer.Node("node-1").Faults.Add(Fault.HtmlError().On("create"));
        await balancer.Lms.GetAsync("create", "name=Room&meetingID=another");
        var body = $"<modules><module name=\"presentation\"><document url=\"https://h/{new string('a', 100_000)}\"/></module></modules>";

        var reply = await balancer.Lms.PostAsync("create", "name=Room&meetingID=room-1", body, "application/xml");

        Assert.Equal("SUCCESS", reply.Code);
        Assert.Equal((body.Length, 1), (balancer.Node("node-2").Meeting("room-1")!.DocumentBytes, balancer.Node("node-2").Meeting("room-1")!.Documents));
    }

    [Fact]
    public async Task A_hanging_pool_is_answered_for_before_the_deadline()
    {
        await using var balancer = await Balancer.StartAsync(3, settings => settings with
        {
            Placement = settings.Placement with { CreateDeadline = TimeSpan.FromSeconds(3) },
            Nodes = settings.Nodes with { ResponseTimeout = TimeSpan.FromSeconds(2) },
        });
        foreach (var node in balancer.Pool.Nodes) node.Faults.Add(Fault.Hang().On("create"));
        var clock = Stopwatch.StartNew();

        var reply = await balancer.Lms.GetAsync("create", "name=Room&meetingID=room-1");

        Assert.Equal(("internalError", "Unable to create meeting on server."), (reply.Key, reply.Message));
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(6), $"{clock.Elapsed}");
        Assert.Null(await balancer.LocationAsync("room-1"));
    }

    [Fact]
    public async Task A_node_that_lost_a_meeting_begins_a_new_run()
    {
        await using var balancer = await Balancer.StartAsync(1);
        await balancer.CreateAsync("room-1");
        balancer.Node("node-1").Crash();
        balancer.Node("node-1").Recover();

        var again = await balancer.Lms.GetAsync("create", "name=room-1&meetingID=room-1");

        Assert.Equal(("SUCCESS", ""), (again.Code, again.Key));
        await Scalelite.Testing.Eventually.HoldsAsync("the new run is written", async () => again["internalMeetingID"]
            == await balancer.Database.ScalarAsync<string>("select internal_meeting_id from meeting_location where meeting_id = 'room-1'"));
        Assert.Equal(1, await balancer.Database.ScalarAsync<long>("select count(*) from meeting_instance where how = 'Replaced'"));
    }

    [Fact]
    public async Task A_suspect_server_is_not_waited_for_as_long_as_another()
    {
        await using var balancer = await Balancer.StartAsync(1, settings => settings with
        {
            Nodes = new NodeSettings { ConnectTimeout = TimeSpan.FromSeconds(5), ResponseTimeout = TimeSpan.FromSeconds(8) },
        });
        await balancer.CreateAsync("room-1");
        await balancer.SuspectAsync("node-1");
        balancer.Node("node-1").Faults.Add(Fault.Hang());
        await Task.Delay(TimeSpan.FromSeconds(1.1));
        var clock = Stopwatch.StartNew();

        var create = await balancer.Lms.GetAsync("create", "name=room-1&meetingID=room-1");
        var info = await balancer.Lms.GetAsync("getMeetingInfo", "meetingID=room-1");

        Assert.Equal(("internalError", "internalError"), (create.Key, info.Key));
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(5), $"{clock.Elapsed}");
        Assert.Equal("node-1", await balancer.LocationAsync("room-1"));
    }
}
