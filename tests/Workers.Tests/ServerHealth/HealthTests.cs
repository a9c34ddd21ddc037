using Scalelite.Domain;
using Scalelite.Domain.Servers;
using Scalelite.Simulator.Faults;
using Scalelite.Testing;
using Scalelite.Workers.Tests.Pool;
using Xunit;

namespace Scalelite.Workers.Tests.ServerHealth;

public sealed class HealthTests
{
    [Fact]
    public async Task A_server_is_suspect_after_one_failed_poll_offline_after_two_and_online_after_a_good_one()
    {
        await using var pool = await TestPool.StartAsync(1);
        var node = pool.Nodes.Nodes[0];
        await pool.BecomesAsync(node, Health.Online);

        node.Refuse();
        await pool.BecomesAsync(node, Health.Offline);
        node.Recover();
        await pool.BecomesAsync(node, Health.Online);

        var health = (await pool.EventsAsync(Streams.Server(node.Name))).Where(e => e is ServerSuspected or ServerWentOffline or ServerCameOnline);
        Assert.Equal(
            [typeof(ServerCameOnline), typeof(ServerSuspected), typeof(ServerWentOffline), typeof(ServerCameOnline)], health.Select(e => e.GetType()));
    }

    [Fact]
    public async Task One_failed_poll_only_makes_a_server_suspect()
    {
        var settings = TestPool.Quick with { Polling = TestPool.Quick.Polling with { UnhealthyThreshold = 1000 } };
        await using var pool = await TestPool.StartAsync(1, settings);
        var node = pool.Nodes.Nodes[0];
        await pool.BecomesAsync(node, Health.Online);

        node.Faults.Add(Fault.EmptyReply().On("getMeetings"));
        await pool.PolledAsync(node, 3);

        Assert.Equal(Health.Suspect, (await pool.ServerAsync(node)).Health);
        node.Faults.Clear();
        await pool.BecomesAsync(node, Health.Online);
    }

    [Fact]
    public async Task As_many_good_polls_as_the_threshold_says_bring_a_server_online()
    {
        var settings = TestPool.Quick with { Polling = TestPool.Quick.Polling with { HealthyThreshold = 3 } };
        await using var pool = await TestPool.StartAsync(1, settings);
        var node = pool.Nodes.Nodes[0];

        await pool.BecomesAsync(node, Health.Online);

        Assert.True(await pool.RoundAsync(node) >= 3);
    }

    public static TheoryData<string> WrongAnswers => ["empty", "html", "wrong xml", "truncated", "failed", "reset", "hang", "no meetings"];

    [Theory]
    [MemberData(nameof(WrongAnswers))]
    public async Task An_answer_that_is_no_list_of_meetings_is_a_failed_poll(string answer)
    {
        await using var pool = await TestPool.StartAsync(1);
        var node = pool.Nodes.Nodes[0];
        await pool.StartMeetingAsync(node, "lesson", users: 3);
        await pool.BecomesAsync(node, Health.Online);

        node.Faults.Add(FaultOf(answer).On("getMeetings"));
        await pool.BecomesAsync(node, Health.Offline);
        await pool.PolledAsync(node, 2);

        Assert.Equal(node.Name, await pool.LocationAsync("lesson"));
        Assert.Empty(node.Journal.Ends);
    }

    [Fact]
    public async Task A_node_that_refuses_our_secret_is_said_to()
    {
        await using var pool = await TestPool.StartAsync(1);
        var node = pool.Nodes.Nodes[0];
        await pool.BecomesAsync(node, Health.Online);

        node.Secret = "another one";
        await pool.BecomesAsync(node, Health.Offline);

        Assert.Equal("secret refused", await pool.Database.ScalarAsync<string>("select error from server_load where server_id = $1", node.Name));
    }

    [Fact]
    public async Task A_name_that_the_resolver_does_not_know_takes_no_server_offline()
    {
        await using var pool = await TestPool.StartAsync(1, register: false);
        var node = pool.Nodes.Nodes[0];
        var url = $"http://no-such-node.invalid:{node.Port}/bigbluebutton/api";
        await pool.RegisterAsync(node, url);
        await pool.AppendAsync(Streams.Server(node.Name), new ServerCameOnline(node.Name, DateTimeOffset.UtcNow));

        await pool.PolledAsync(node, 4);

        Assert.Equal(Health.Suspect, (await pool.ServerAsync(node)).Health);
        Assert.Equal(0, await pool.Database.ScalarAsync<int>("select failures from server_load where server_id = $1", node.Name));
    }

    [Fact]
    public async Task The_version_of_a_node_is_seen()
    {
        await using var pool = await TestPool.StartAsync(1);
        var node = pool.Nodes.Nodes[0];

        await Eventually.HoldsAsync(
            "its version is known",
            async () => await pool.Database.ScalarAsync<string>("select bbb_version from server where id = $1", node.Name) == node.Version);

        await pool.PolledAsync(node, 4);
        Assert.True(node.Journal.Count("root") <= 3);
    }

    private static Fault FaultOf(string answer) => answer switch
    {
        "empty" => Fault.EmptyReply(),
        "html" => Fault.HtmlError(200),
        "wrong xml" => Fault.WrongXml(),
        "truncated" => Fault.TruncatedXml(),
        "failed" => Fault.Failed("internalError", "told to"),
        "reset" => Fault.Reset(),
        "hang" => Fault.Hang(),
        _ => Fault.WrongXml("<response><returncode>SUCCESS</returncode></response>"),
    };
}
