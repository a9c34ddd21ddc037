using Scalelite.Domain.Placement;
using Scalelite.Domain.Servers;
using Scalelite.Domain.WhatIf;
using Scalelite.Domain.WhatIf.Scenarios;
using Xunit;
using static Scalelite.Domain.Tests.WhatIf.GivenPast;

namespace Scalelite.Domain.Tests.WhatIf;

public sealed class SimulatedPoolTests
{
    [Theory]
    [InlineData("least-load", 10)]
    [InlineData("scalelite", 60)]
    public void Loads_that_are_worked_out_only_where_something_changed_are_those_that_working_all_out_gives(string policy, int pollSeconds)
    {
        var scenario = Scenario.Create("node-failure", servers: 8)!;
        var side = Side(policy, pollSeconds);
        var pool = Pool(side);
        var random = new Random(3);
        foreach (var happening in scenario.Happenings)
        {
            pool.Happen(happening);
            if (random.Next(4) > 0) continue;
            var at = happening.At.AddMilliseconds(random.Next(1, 500)).ToUnixTimeMilliseconds();
            var lazy = pool.LoadsAt(at).ToArray();
            foreach (var server in pool.Servers) server.Weigh(at, side, []);
            Assert.Equal(pool.Servers.Select(server => server.LoadAt(at)), lazy);
        }

        Assert.True(pool.Placed > 200);
    }

    [Fact]
    public void A_placement_counts_the_minimum_at_once_its_joins_when_written_and_its_users_once_a_poll_has_seen_them()
    {
        var pool = Pool(Side(pollSeconds: 10), [.. Server("a"), Meeting(1, 0.5, 40)]);
        Assert.Equal((1, 0L, 15L, 0L, 1L), Load(pool, 0.5));
        var polled = pool.LoadsAt(Milliseconds(120)).Single();
        Assert.Equal((1, 40L, 0L), (polled.Meetings, polled.Seen, polled.Unseen));
        Assert.Equal(41, polled.ScaleliteSeen);
        Assert.InRange((Start.AddSeconds(120) - polled.PolledAt!.Value).TotalSeconds, 0, 10);
    }

    [Fact]
    public void A_meeting_that_a_poll_misses_counts_once_more_as_not_yet_seen_and_is_over_with_the_second()
    {
        var pool = Pool(Side(pollSeconds: 10), [.. Server("a"), Meeting(1, 0, 40, minutes: 30)]);
        var meetings = Enumerable.Range(0, 25).Select(second => pool.LoadsAt(Milliseconds(1800 + second)).Single()).Select(load => (load.Seen, load.Unseen)).Distinct();
        Assert.Equal([(40L, 0L), (0L, 40L), (0L, 0L)], meetings);
    }

    [Fact]
    public void A_meeting_whose_end_was_called_counts_until_the_next_poll()
    {
        var pool = Pool(Side(pollSeconds: 10), [.. Server("a"), Meeting(1, 0, 40, minutes: 30, closed: true)]);
        var loads = Enumerable.Range(-1, 14).Select(second => pool.LoadsAt(Milliseconds(1800 + second)).Single()).Select(load => (load.Seen, load.Unseen)).Distinct();
        Assert.Equal([(40L, 0L), (0L, 0L)], loads);
        Assert.Equal(0, pool.Kept);
    }

    [Fact]
    public void A_burst_piles_up_under_scalelite_and_spreads_under_least_load()
    {
        var others = Enumerable.Range(1, 9).SelectMany(i => Server($"full-{i}"));
        var filled = Enumerable.Range(1, 9).Select(i => Meeting(i, -1800 + i, 60, was: new($"full-{i}", null, 10)));
        var burst = Enumerable.Range(100, 40).Select(i => Meeting(i, (i - 100) * 0.02, 20));
        Happening[] past = [.. others, .. filled, .. Server("new", minute: -2), .. burst];

        Assert.Equal(40, OntoNew("scalelite"));
        Assert.InRange(OntoNew("least-load"), 4, 8);

        int OntoNew(string policy) => Compare([Side(policy)], past).Single().Report.Servers.Single(server => server.ServerId == "new") is { } use ? (int)use.Placements : 0;
    }

    [Fact]
    public void A_server_that_is_cordoned_or_offline_gets_nothing_and_one_that_comes_back_does()
    {
        var at = Start;
        Happening[] past =
        [
            .. Server("a"), .. Server("b"),
            new ServerHappened(at, new ServerCordoned("a", at)), Meeting(1, 1, 5), Meeting(2, 2, 5),
            new ServerHappened(at.AddSeconds(10), new ServerEnabled("a", at)), new ServerHappened(at.AddSeconds(10), new ServerWentOffline("b", "timeout", at)), Meeting(3, 11, 5),
            new ServerHappened(at.AddSeconds(20), new ServerCameOnline("b", at)), new ServerHappened(at.AddSeconds(20), new ServerRemoved("a", at)), Meeting(4, 21, 5),
        ];
        var pool = new SimulatedPool(Side(), Meter(), 1, Milliseconds(-3600));
        var chosen = new List<string?>();
        foreach (var happening in past)
        {
            pool.Happen(happening);
            if (happening is MeetingArrived arrived) chosen.Add(pool.ServerOf(arrived.Run));
        }

        Assert.Equal(["b", "b", "a", "b"], chosen);
        Assert.Null(pool.ServerOf(new Guid(3, 0, 0, new byte[8])));
    }

    [Fact]
    public void Tags_are_respected_and_no_server_holds_one_meeting_id_for_two_tenants()
    {
        var pool = Pool(Side(), [.. Server("a"), .. Server("gpu", tag: "gpu"), Meeting(1, 1, 5, tag: "gpu"), Meeting(2, 2, 5, tag: "tpu!")]);
        Assert.Equal(("gpu", 1), (pool.ServerOf(new Guid(1, 0, 0, new byte[8])), pool.Refused));

        pool = Pool(Side(), [.. Server("a"), Meeting(1, 1, 5, tenant: "t1", meetingId: "room"), Meeting(2, 2, 5, tenant: "t2", meetingId: "room")]);
        Assert.Equal((1, 1), (pool.Placed, pool.Refused));
    }

    [Fact]
    public void A_breakout_lives_where_its_parent_does_and_what_was_made_on_a_node_stays_there()
    {
        var size = new MeetingSize(Start.AddSeconds(5), Start.AddMinutes(30), null, [4, 4]);
        var pool = Pool(
            Side() with { Without = new HashSet<string> { "b" } },
            [
                .. Server("a"), .. Server("b"), Meeting(1, 1, 5, was: new("b", null, 2)),
                new MeetingFound(Start.AddSeconds(6), new Guid(7, 0, 0, new byte[8]), "", "breakout", "room-1", "b", size),
                new MeetingFound(Start.AddSeconds(6), new Guid(8, 0, 0, new byte[8]), "", "made there", null, "b", size),
            ]);
        Assert.Equal(("a", "a", 1), (pool.ServerOf(new Guid(1, 0, 0, new byte[8])), pool.ServerOf(new Guid(7, 0, 0, new byte[8])), pool.LeftOut));
    }

    [Fact]
    public void People_of_a_node_that_broke_down_come_back_elsewhere_once_it_has_been_offline_long_enough()
    {
        var pool = Pool(
            Side(pollSeconds: 10),
            [.. Server("a"), .. Server("b"), Meeting(1, 0, 20), new NodeCrashed(Start.AddSeconds(300), "a", Start.AddSeconds(900))]);
        Assert.Equal("a", pool.ServerOf(new Guid(1, 0, 0, new byte[8])));
        pool.Sample(Start.AddSeconds(340));
        Assert.Equal(Health.Offline, pool.Servers.Single(server => server.Id == "a").Health);
        pool.Sample(Start.AddSeconds(600));
        Assert.Equal("b", pool.ServerOf(new Guid(1, 0, 0, new byte[8])));
        pool.Sample(Start.AddSeconds(920));
        Assert.Equal(("a", 0, 0), (pool.Returned.Single().ServerId, pool.Returned.Single().Onto, pool.Servers.Single(server => server.Id == "a").Load.Meetings));
    }

    private static (int Meetings, long Seen, long Unseen, long ScaleliteSeen, long ScaleliteSince) Load(SimulatedPool pool, double second)
    {
        var load = pool.LoadsAt(Milliseconds(second)).Single();
        return (load.Meetings, load.Seen, load.Unseen, load.ScaleliteSeen, load.ScaleliteSince);
    }
}
