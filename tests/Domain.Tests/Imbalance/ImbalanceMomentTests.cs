using Scalelite.Domain.Imbalance;
using Xunit;
using static Scalelite.Domain.Imbalance.MomentReason;

namespace Scalelite.Domain.Tests.Imbalance;

public class ImbalanceMomentTests
{
    private static readonly DateTimeOffset Eight = new(2026, 3, 2, 8, 0, 0, TimeSpan.Zero);
    private static readonly string[] Ten = [.. Enumerable.Range(1, 10).Select(i => $"node-{i}")];

    private readonly ImbalanceMeter meter = new(new(new(Eight.AddHours(-1), Eight.AddHours(1), TimeSpan.FromMinutes(1))));

    [Fact]
    public void A_burst_on_old_polls_is_found_with_its_server_and_its_seconds()
    {
        Loads(Eight.AddHours(-1), Ten);
        for (var i = 0; i < 41; i++)
        {
            var at = Eight.AddSeconds(12 + (i * 33.0 / 40));
            meter.Placed(new(at, i % 41 < 17 ? "node-3" : Ten[i % 10], TimeSpan.FromSeconds(58), 10));
        }

        var moment = Assert.Single(meter.Report().Moments);

        Assert.Equal((Eight.AddSeconds(12), Eight.AddSeconds(45), "node-3"), (moment.From, moment.To, moment.ServerId));
        Assert.Equal([StalePoll, Burst], moment.Reasons);
        var onto = Enumerable.Range(0, 41).Count(i => i < 17 || i % 10 == 2);
        Assert.Equal(new PlacementPile(moment.From, moment.To, 41, onto, 58, 10, null), moment.Pile);
        Assert.Equal((onto - 4.1) * 15, moment.Excess, 9);
        Assert.Null(moment.Peak);
    }

    [Fact]
    public void A_burst_that_spreads_evenly_is_no_bad_moment()
    {
        Loads(Eight.AddHours(-1), Ten);
        for (var i = 0; i < 200; i++) meter.Placed(new(Eight.AddSeconds(i / 10.0), Ten[i % 10], TimeSpan.FromSeconds(58), 10));

        Assert.Empty(meter.Report().Moments);
    }

    [Fact]
    public void A_node_that_came_back_and_gets_what_comes_is_found()
    {
        Loads(Eight.AddHours(-1), Ten);
        meter.Changed(new(Eight.AddHours(-1), "node-7", PoolChangeKind.WentOffline));
        meter.Changed(new(Eight.AddMinutes(-4), "node-7", PoolChangeKind.CameOnline));
        Place(Eight, "node-7", 6, candidates: 10);

        var moment = Assert.Single(meter.Report().Moments);

        Assert.Equal([NodeReturning], moment.Reasons);
        Assert.Equal(new PoolChange(Eight.AddMinutes(-4), "node-7", PoolChangeKind.CameOnline), moment.Return);
        Assert.Equal(0, moment.Missing);
    }

    [Fact]
    public void A_return_of_an_hour_ago_is_no_reason()
    {
        Loads(Eight.AddHours(-1), Ten);
        meter.Changed(new(Eight.AddHours(-1), "node-7", PoolChangeKind.Enabled));
        Place(Eight, "node-7", 6, candidates: 10);

        Assert.Empty(Assert.Single(meter.Report().Moments).Reasons);
    }

    [Fact]
    public void Too_few_servers_with_a_tag_are_found()
    {
        Loads(Eight.AddHours(-1), Ten);
        Place(Eight, "node-9", 6, candidates: 2, tag: "medicine!");

        var moment = Assert.Single(meter.Report().Moments);

        Assert.Equal([TagShortage], moment.Reasons);
        Assert.Equal(("medicine!", 2), (moment.Pile!.Tag, moment.Pile.Candidates));
    }

    [Fact]
    public void Servers_that_were_cordoned_are_missed_by_those_that_are_left()
    {
        Loads(Eight.AddHours(-1), Ten);
        foreach (var server in Ten[2..]) meter.Changed(new(Eight.AddMinutes(-30), server, PoolChangeKind.Cordoned));
        Loads(Eight.AddMinutes(-30), Ten[..2]);
        for (var i = 0; i < 9; i++) meter.Placed(new(Eight.AddSeconds(i), Ten[i % 2], TimeSpan.FromSeconds(3), 2));

        var moment = Assert.Single(meter.Report().Moments);

        Assert.Equal("node-1", moment.ServerId);
        Assert.Equal([FewServers], moment.Reasons);
        Assert.Equal((8, 5, 2), (moment.Missing, moment.MissingServers.Count, moment.Servers));
        Assert.Equal((5 - (9 / 10.0)) * 15, moment.Excess, 9);
    }

    [Fact]
    public void Old_polls_alone_are_found()
    {
        Loads(Eight.AddHours(-1), Ten);
        Place(Eight, "node-2", 6, candidates: 10, age: 31);

        Assert.Equal([StalePoll], Assert.Single(meter.Report().Moments).Reasons);
    }

    [Fact]
    public void A_burst_on_fresh_polls_is_found()
    {
        Loads(Eight.AddHours(-1), Ten);
        Place(Eight, "node-2", 12, candidates: 10);

        Assert.Equal([Burst], Assert.Single(meter.Report().Moments).Reasons);
    }

    [Fact]
    public void As_many_creates_as_in_the_hour_before_are_no_burst()
    {
        Loads(Eight.AddHours(-1), Ten);
        for (var minute = -60; minute < 0; minute++)
            for (var i = 0; i < 10; i++)
                meter.Placed(new(Eight.AddMinutes(minute), Ten[i], TimeSpan.FromSeconds(3), 10));
        Place(Eight, "node-2", 12, candidates: 10);

        Assert.Empty(Assert.Single(meter.Report().Moments).Reasons);
    }

    [Fact]
    public void Load_that_no_placement_explains_is_a_meeting_that_grew()
    {
        Loads(Eight.AddHours(-1), Ten);
        meter.Sample(Eight, [.. Ten.Select(id => new ServerSample(id, id == "node-4" ? 210 : 10, id == "node-4" ? 180 : 5))]);
        meter.Sample(Eight.AddMinutes(1), [.. Ten.Select(id => new ServerSample(id, id == "node-4" ? 190 : 10, 160))]);
        Loads(Eight.AddMinutes(2), Ten);

        var moment = Assert.Single(meter.Report().Moments);

        Assert.Equal((Eight, Eight.AddMinutes(1), "node-4"), (moment.From, moment.To, moment.ServerId));
        Assert.Equal([MeetingsGrew], moment.Reasons);
        Assert.Equal(new LoadPeak(Eight, 210, 30, 180), moment.Peak);
        Assert.Equal(180, moment.Excess);
    }

    [Fact]
    public void Placements_and_the_load_that_follows_are_one_moment()
    {
        Loads(Eight.AddHours(-1), Ten);
        Place(Eight, "node-4", 8, candidates: 10, age: 40);
        meter.Sample(Eight.AddMinutes(3), [.. Ten.Select(id => new ServerSample(id, id == "node-4" ? 210 : 10))]);
        Loads(Eight.AddMinutes(4), Ten);

        var moment = Assert.Single(meter.Report().Moments);

        Assert.Equal((Eight, Eight.AddMinutes(3)), (moment.From, moment.To));
        Assert.Equal([StalePoll], moment.Reasons);
        Assert.Equal(8, moment.Pile!.Onto);
        Assert.Equal(210, moment.Peak!.Load);
    }

    [Fact]
    public void Bad_minutes_far_apart_are_two_moments_and_the_worst_come_first()
    {
        Loads(Eight.AddHours(-1), Ten);
        Place(Eight.AddMinutes(-30), "node-4", 8, candidates: 10);
        Place(Eight, "node-4", 9, candidates: 10);
        Place(Eight.AddMinutes(5), "node-5", 6, candidates: 10);

        Assert.Equal([Eight, Eight.AddMinutes(-30), Eight.AddMinutes(5)], meter.Report().Moments.Select(moment => moment.From));
    }

    [Fact]
    public void Only_as_many_as_asked_for_are_kept_and_these_are_the_worst()
    {
        var few = new ImbalanceMeter(new(new(Eight, Eight.AddDays(1), TimeSpan.FromMinutes(1)), Moments: 3));
        few.Sample(Eight, [.. Ten.Select(id => new ServerSample(id, 10))]);
        for (var turn = 0; turn < 40; turn++)
            for (var i = 0; i < 5 + (turn * 7 % 40); i++)
                few.Placed(new(Eight.AddMinutes(turn * 20), "node-1", null, 10));

        Assert.Equal([44, 43, 42], few.Report().Moments.Select(moment => moment.Pile!.Onto));
    }

    [Fact]
    public void A_pool_of_one_server_has_no_bad_moments()
    {
        Loads(Eight.AddHours(-1), ["node-1"]);
        Place(Eight, "node-1", 50, candidates: 1, age: 58);

        Assert.Empty(meter.Report().Moments);
    }

    [Fact]
    public void A_cordoned_node_that_answers_again_is_still_missing_until_it_is_enabled()
    {
        Loads(Eight.AddHours(-1), Ten[..3]);
        meter.Changed(new(Eight.AddMinutes(-50), "node-4", PoolChangeKind.Cordoned));
        meter.Changed(new(Eight.AddMinutes(-40), "node-4", PoolChangeKind.WentOffline));
        meter.Changed(new(Eight.AddMinutes(-30), "node-4", PoolChangeKind.CameOnline));
        Place(Eight.AddMinutes(-20), "node-1", 5, candidates: 3);
        meter.Changed(new(Eight.AddMinutes(-5), "node-4", PoolChangeKind.Enabled));
        Place(Eight, "node-1", 6, candidates: 3);

        Assert.Equal([0, 1], meter.Report().Moments.Select(moment => moment.Missing));
    }

    private void Loads(DateTimeOffset at, string[] servers) => meter.Sample(at, [.. servers.Select(id => new ServerSample(id, 10))]);

    private void Place(DateTimeOffset from, string server, int times, int candidates, double age = 3, string? tag = null)
    {
        for (var i = 0; i < times; i++) meter.Placed(new(from.AddSeconds(i), server, TimeSpan.FromSeconds(age), candidates, tag));
    }
}
