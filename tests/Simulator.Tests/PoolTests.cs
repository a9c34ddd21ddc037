using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Scalelite.Simulator.Faults;
using Xunit;

namespace Scalelite.Simulator.Tests;

public sealed class PoolTests
{
    private static readonly HttpClient Http = new(new SocketsHttpHandler { UseProxy = false });

    [Fact]
    public async Task Hundreds_of_nodes_run_in_one_process_each_with_its_own_port_secret_and_meetings()
    {
        await using var pool = await SimulatedPool.StartAsync(new() { Nodes = 500 });
        Assert.Equal(500, pool.Nodes.Select(n => n.Port).Distinct().Count());
        Assert.Equal(500, pool.Nodes.Select(n => n.Secret).Distinct().Count());
        await Parallel.ForEachAsync(pool.Nodes, new ParallelOptions { MaxDegreeOfParallelism = 16 }, async (node, _) =>
        {
            var answer = await new BbbCaller(node).XmlAsync("create", $"meetingID=meeting-of-{node.Name}&name=Room");
            Assert.Equal("SUCCESS", answer.Code());
        });
        Assert.All(pool.Nodes, n => Assert.Equal($"meeting-of-{n.Name}", n.Meetings.Single().MeetingID));
    }

    [Fact]
    public async Task Ports_follow_the_first_one_and_a_pool_can_be_started_on_them_again()
    {
        int first;
        await using (var pool = await SimulatedPool.StartAsync(new() { Nodes = 1, ControlPort = null }))
        {
            first = pool.Nodes[0].Port;
            Assert.Null(pool.ControlUrl);
        }

        for (var i = 0; i < 2; i++)
        {
            await using var pool = await SimulatedPool.StartAsync(new() { Nodes = 1, FirstPort = first });
            Assert.Equal($"http://127.0.0.1:{first}/bigbluebutton/api", pool.Nodes[0].Url);
            Assert.Equal("SUCCESS", (await new BbbCaller(pool.Nodes[0]).XmlAsync("getMeetings")).Code());
        }
    }

    [Fact]
    public async Task A_node_before_2_5_wants_the_moderator_password_for_an_end()
    {
        await using var pool = await SimulatedPool.StartAsync(new() { Nodes = 1, Version = "2.4.9" });
        var bbb = new BbbCaller(pool.Nodes[0]);
        var create = await bbb.XmlAsync("create", "meetingID=abc&name=Room");
        Assert.Equal("invalidPassword", (await bbb.XmlAsync("end", "meetingID=abc")).Key());
        Assert.Equal("SUCCESS", (await bbb.XmlAsync("end", $"meetingID=abc&password={create.Of("moderatorPW")}")).Code());
        Assert.StartsWith("We could not find", (await bbb.XmlAsync("end", "meetingID=abc")).Of("message"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_journal_keeps_the_last_calls_and_counts_all()
    {
        await using var pool = await SimulatedPool.StartAsync(new() { Nodes = 1, JournalLength = 3 });
        var node = pool.Nodes[0];
        var bbb = new BbbCaller(node);
        await bbb.XmlAsync("getMeetings");
        await bbb.XmlAsync("end", "meetingID=one");
        await bbb.XmlAsync("isMeetingRunning", "meetingID=two%20three");
        await bbb.XmlAsync("getMeetings");
        Assert.Equal(["end", "isMeetingRunning", "getMeetings"], node.Journal.Entries.Select(e => e.Call));
        Assert.Equal(["one", "two three", null], node.Journal.Entries.Select(e => e.MeetingID));
        Assert.StartsWith("127.0.0.1:", node.Journal.Entries[0].Remote, StringComparison.Ordinal);
        Assert.Equal((2, 4), (node.Journal.Count("getMeetings"), node.Journal.Total));
        Assert.Equal((1, 1), (node.PeakConnections, node.AcceptedConnections));
    }

    [Fact]
    public async Task Nodes_are_told_what_to_do_from_outside()
    {
        await using var pool = await SimulatedPool.StartAsync(new() { Nodes = 3 });
        await Post("faults", new { node = "node-2", kind = "hang", calls = new[] { "create" }, times = 1 });
        Assert.Equal(FaultKind.Hang, pool["node-2"]!.Faults.Active.Single().Kind);
        Assert.Empty(pool["node-1"]!.Faults.Active);
        await Post("faults", new { node = "*", kind = "latency", seconds = 0.01, jitterSeconds = 0.01 });
        Assert.All(pool.Nodes, n => Assert.Equal(TimeSpan.FromMilliseconds(10), n.Faults.Active[^1].Delay));
        await Post("faults", new { kind = "clear" });
        Assert.All(pool.Nodes, n => Assert.Empty(n.Faults.Active));

        pool.Nodes[0].StartMeeting("abc");
        await Post("users", new { node = "node-1", meetingID = "abc", users = 5, moderators = 1 });
        await Post("users", new { node = "node-1", meetingID = "abc", users = -2 });
        Assert.Equal(3, pool.Users);
        foreach (var (kind, reach) in new[] { ("refuse", Reach.Refusing), ("recover", Reach.Reachable), ("partition", Reach.Partitioned), ("crash", Reach.Refusing), ("recover", Reach.Reachable) })
        {
            await Post("faults", new { node = "node-1", kind });
            Assert.Equal(reach, pool.Nodes[0].Reach);
        }

        Assert.Empty(pool.Nodes[0].Meetings);
        var nodes = await Http.GetFromJsonAsync<JsonElement>($"{pool.ControlUrl}/nodes");
        Assert.Equal(["node-1", "node-2", "node-3"], nodes.EnumerateArray().Select(n => n.GetProperty("name").GetString()));
        Assert.Equal("reachable", nodes[0].GetProperty("reach").GetString());
        Assert.Equal(pool.Nodes[0].Url, nodes[0].GetProperty("url").GetString());
        var one = await Http.GetFromJsonAsync<JsonElement>($"{pool.ControlUrl}/nodes/node-1");
        Assert.Equal("crash", one.GetProperty("ended")[0].GetProperty("reason").GetString());

        Assert.Equal(HttpStatusCode.BadRequest, await StatusOf("faults", new { node = "node-1", kind = "explode" }));
        Assert.Equal(HttpStatusCode.BadRequest, await StatusOf("users", new { node = "node-1", meetingID = "none", users = 1 }));
        Assert.Equal(HttpStatusCode.NotFound, await StatusOf("faults", new { node = "node-9", kind = "hang" }));

        async Task Post(string what, object order) => Assert.Equal(HttpStatusCode.OK, await StatusOf(what, order));

        async Task<HttpStatusCode> StatusOf(string what, object order)
        {
            using var answer = await Http.PostAsJsonAsync($"{pool.ControlUrl}/{what}", order);
            return answer.StatusCode;
        }
    }
}
