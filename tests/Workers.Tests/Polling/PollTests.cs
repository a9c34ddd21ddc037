using Scalelite.Domain;
using Scalelite.Domain.Joins;
using Scalelite.Domain.Polling;
using Scalelite.Domain.Servers;
using Scalelite.Projections;
using Scalelite.Projections.Servers;
using Scalelite.Simulator.Faults;
using Scalelite.Testing;
using Scalelite.Workers.Configuration;
using Scalelite.Workers.Polling;
using Scalelite.Workers.Tests.Pool;
using Xunit;

namespace Scalelite.Workers.Tests.Polling;

public sealed class PollTests
{
    [Fact]
    public async Task Two_hosts_accept_each_round_once_and_call_the_node_once_for_it()
    {
        await using var pool = await TestPool.StartAsync(3, hosts: 2);
        foreach (var node in pool.Nodes.Nodes) await pool.PolledAsync(node, 8);

        var rounds = await pool.Database.RowsAsync(
            "select data->>'ServerId', count(*), count(distinct data->>'Round'), max((data->>'Round')::bigint) from mt_events where type in ('server_polled', 'server_poll_failed') group by 1");
        Assert.Equal(3, rounds.Count);
        Assert.All(rounds, round => Assert.Equal((round[1], round[1]), (round[2], round[3])));
        // The first round may be woken by both hosts.
        Assert.All(pool.Nodes.Nodes, node => Assert.InRange(node.Journal.Count("getMeetings"), 8, 8 + Accepted(node.Name) + 3));

        long Accepted(string server) => (long)rounds.Single(r => (string)r[0]! == server)[1]! - 8;
    }

    [Fact]
    public async Task A_second_chain_of_polls_ends_by_itself()
    {
        await using var pool = await TestPool.StartAsync(1);
        var node = pool.Nodes.Nodes[0];
        await pool.PolledAsync(node, 1);

        for (var i = 0; i < 10; i++) await pool.PublishAsync(new PollServer(node.Name, await pool.RoundAsync(node) + 1));
        await pool.PolledAsync(node, 4);

        await Eventually.HoldsAsync(
            "one message is left", async () => await pool.Database.ScalarAsync<long>("select count(*) from message") == 1);
        Assert.Equal(0, await pool.Database.ScalarAsync<long>("select count(*) from message_dead_letter"));
    }

    [Fact]
    public async Task A_removed_server_is_polled_no_more()
    {
        await using var pool = await TestPool.StartAsync(1);
        var node = pool.Nodes.Nodes[0];
        await pool.PolledAsync(node, 2);

        await pool.AppendAsync(Streams.Server(node.Name), new ServerRemoved(node.Name, DateTimeOffset.UtcNow));

        await Eventually.HoldsAsync("no message is left", async () => await pool.Database.ScalarAsync<long>("select count(*) from message") == 0);
        Assert.Equal(0, await pool.Database.ScalarAsync<long>("select count(*) from server_load") + await pool.Database.ScalarAsync<long>("select count(*) from poll_round"));
    }

    [Fact]
    public async Task Polling_goes_on_in_another_host_when_one_stops()
    {
        await using var pool = await TestPool.StartAsync(5, hosts: 2);
        foreach (var node in pool.Nodes.Nodes) await pool.PolledAsync(node, 1);

        await pool.StopHostAsync();

        foreach (var node in pool.Nodes.Nodes) await pool.PolledAsync(node, 3);
    }

    [Fact]
    public async Task Forty_hanging_nodes_of_two_hundred_keep_no_other_from_being_polled_every_interval()
    {
        var settings = new Settings
        {
            Polling = new PollingSettings { Interval = TimeSpan.FromSeconds(4) },
            Nodes = new NodeSettings { ConnectTimeout = TimeSpan.FromSeconds(1), ResponseTimeout = TimeSpan.FromSeconds(2) },
        };
        await using var pool = await TestPool.StartAsync(200, settings, hosts: 0);
        foreach (var node in pool.Nodes.Nodes.Take(40)) node.Faults.Add(Fault.Hang());
        await pool.AddHostAsync();

        await Eventually.HoldsAsync(
            "all were polled four times", async () => await pool.Database.ScalarAsync<long>("select min(round) from server_load") >= 4, seconds: 60);

        var late = await pool.Database.ScalarAsync<double>(
            """
            select max(extract(epoch from next.began - this.began))::float8
            from (select data->>'ServerId' as id, (data->>'Round')::bigint as round, (data->>'BeganAt')::timestamptz as began
                  from mt_events where type in ('server_polled', 'server_poll_failed')) this
            join (select data->>'ServerId' as id, (data->>'Round')::bigint as round, (data->>'BeganAt')::timestamptz as began
                  from mt_events where type in ('server_polled', 'server_poll_failed')) next on next.id = this.id and next.round = this.round + 1
            """);
        Assert.InRange(late, 0, 8);
        Assert.Equal(40, await pool.Database.ScalarAsync<long>("select count(*) from server where health = 'offline'"));
        Assert.Equal(160, await pool.Database.ScalarAsync<long>("select count(*) from server where health = 'online'"));
    }

    [Fact]
    public async Task Poll_once_polls_every_server_now_and_carries_out_what_follows()
    {
        var settings = TestPool.Quick with { Polling = new PollingSettings { Interval = TimeSpan.FromMinutes(5) } };
        await using var pool = await TestPool.StartAsync(3, settings, hosts: 0);
        var dead = pool.Nodes.Nodes[2];
        dead.Refuse();
        pool.Nodes.Nodes[0].StartMeeting("lesson");

        var polled = await pool.Reader<PollRound>().RunAsync(CancellationToken.None);

        Assert.Equal(["node-1", "node-2", "node-3"], polled.Select(p => p.Server.Id).Order());
        Assert.Equal([1, 0, 0], polled.OrderBy(p => p.Server.Id).Select(p => p.Meetings));
        Assert.Equal(dead.Name, Assert.Single(polled, p => p.Error is not null).Server.Id);
        Assert.Equal(2, polled.Count(p => p.Server.Health == Health.Online));
        Assert.Equal("node-1", await pool.LocationAsync("lesson"));
    }

    [Fact]
    public async Task A_reserved_place_counts_until_a_poll_shows_its_meeting_and_a_join_until_the_next_poll()
    {
        await using var pool = await TestPool.StartAsync(1, hosts: 0);
        var node = pool.Nodes.Nodes[0];
        var round = pool.Reader<PollRound>();
        var placing = Guid.CreateVersion7();
        await pool.AppendAsync(Streams.Meeting(placing), TestPool.Placed(placing, node.Name, "being placed", DateTimeOffset.UtcNow.AddMinutes(1)));
        var running = await pool.StartMeetingAsync(node, "running", users: 20);

        await round.RunAsync(CancellationToken.None);
        await round.RunAsync(CancellationToken.None);
        Assert.Equal((2, 20L, 15L), await LoadAsync());

        var now = DateTimeOffset.UtcNow;
        await pool.AppendAsync(Streams.Joins(Guid.NewGuid(), now), new JoinsRouted(now, now, [new RoutedJoins(running, node.Name, 5)]));
        Assert.Equal((2, 25L, 15L), await LoadAsync());

        node.AddUsers("running", 4);
        node.StartMeeting("being placed");
        await round.RunAsync(CancellationToken.None);
        Assert.Equal((2, 24L + 15L, 0L), await LoadAsync());

        // What a poll says of the load is what the pool's load takes for seen.
        Assert.Equal(
            [[20L], [20L], [24L + 15L]],
            await pool.Database.RowsAsync("select (data->>'Load')::bigint from mt_events where type = 'server_polled' order by seq_id"));
        Assert.Equal(24L + 15L, await pool.Database.ScalarAsync<long>("select max(load) from server_minute"));

        async Task<(int Meetings, long Seen, long Unseen)> LoadAsync()
        {
            var server = Assert.Single(await pool.Reader<ServerPool>().ListAsync(15, DateTimeOffset.UtcNow.AddMinutes(-15), CancellationToken.None));
            return (server.Load.Meetings, server.Load.Seen, server.Load.Unseen);
        }
    }
}
