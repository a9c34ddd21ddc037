using Scalelite.Domain.Imbalance;
using Xunit;

namespace Scalelite.Domain.Tests.Imbalance;

public class ImbalanceMeterTests
{
    private static readonly DateTimeOffset Eight = new(2026, 3, 2, 8, 0, 0, TimeSpan.Zero);

    [Fact]
    public void A_sample_holds_until_the_next_one_and_counts_by_its_load()
    {
        var meter = Meter(minutes: 2);
        meter.Sample(Eight, [new("a", 30), new("b", 10)]);
        meter.Sample(Eight.AddSeconds(90), [new("a", 100), new("b", 100), new("c", 100)]);

        var report = meter.Report();

        // The first holds for 60 + 30 s with a load of 40, the second for 30 s with a load of 300.
        Assert.Equal(1.5, report.Buckets[0].Measures.MaxToMean);
        Assert.Equal(((1.5 * 40 * 30) + (1.0 * 300 * 30)) / ((40 * 30) + (300 * 30)), report.Buckets[1].Measures.MaxToMean!.Value, 12);
        Assert.Equal(((1.5 * 40 * 90) + (1.0 * 300 * 30)) / ((40 * 90) + (300 * 30)), report.Overall.MaxToMean!.Value, 12);
        Assert.Equal(((0.75 * 40 * 90) + (300 * 30 / 3.0)) / ((40 * 90) + (300 * 30)), report.Overall.BusiestShareOfLoad!.Value, 12);
        Assert.Equal(((40 * 90) + (300 * 30)) / 120.0, report.Overall.Load!.Value, 12);
        Assert.Equal(((2 * 90) + (3 * 30)) / 120.0, report.Overall.Servers!.Value, 12);
        Assert.Equal("a", report.Overall.Busiest);
    }

    [Fact]
    public void Variation_and_Gini_are_weighted_like_the_rest()
    {
        var meter = Meter(minutes: 2);
        meter.Sample(Eight, [new("a", 30), new("b", 10)]);
        meter.Sample(Eight.AddMinutes(1), [new("a", 50), new("b", 50)]);

        var overall = meter.Report().Overall;

        // 30 and 10: deviations of 10 from 20, so 0.5; Gini 2·20/(2·4·20) = 0.25. Then none, with a load of 100.
        Assert.Equal(0.5 * 40 / 140, overall.Variation!.Value, 12);
        Assert.Equal(0.25 * 40 / 140, overall.Gini!.Value, 12);
    }

    [Fact]
    public void Time_without_load_says_nothing_of_balance_and_weighs_nothing()
    {
        var meter = Meter(minutes: 3);
        meter.Sample(Eight, [new("a", 0), new("b", 0)]);
        meter.Sample(Eight.AddMinutes(2), [new("a", 30), new("b", 10)]);

        var report = meter.Report();

        Assert.Null(report.Buckets[0].Measures.MaxToMean);
        Assert.Null(report.Buckets[0].Measures.Gini);
        Assert.Null(report.Buckets[0].Measures.Busiest);
        Assert.Equal(0, report.Buckets[0].Measures.Load);
        Assert.Equal(2, report.Buckets[0].Measures.Servers);
        Assert.Equal(1.5, report.Overall.MaxToMean);
    }

    [Fact]
    public void Where_all_have_the_same_none_is_the_busiest()
    {
        var meter = Meter(minutes: 1);
        meter.Sample(Eight, [new("a", 0.1), new("b", 0.1), new("c", 0.1)]);

        Assert.Null(meter.Report().Overall.Busiest);
    }

    [Fact]
    public void Time_before_the_first_sample_is_unknown_and_a_sample_before_the_range_holds_in_it()
    {
        var late = Meter(minutes: 2);
        late.Sample(Eight.AddMinutes(1), [new("a", 1)]);
        Assert.Null(late.Report().Buckets[0].Measures.Load);

        var early = Meter(minutes: 2);
        early.Sample(Eight.AddHours(-1), [new("a", 1)]);
        Assert.Equal([1, 1], early.Report().Buckets.Select(bucket => bucket.Measures.Load!.Value));
    }

    [Fact]
    public void An_empty_range_has_empty_measures()
    {
        var report = Meter(minutes: 3).Report();

        Assert.Equal(new ImbalanceMeasures(null, null, null, null, null, null, null, 0, null, null, 0, null), report.Overall);
        Assert.Equal(3, report.Buckets.Count);
        Assert.Empty(report.Servers);
        Assert.Empty(report.Moments);
    }

    [Fact]
    public void Placements_are_counted_with_their_busiest_server_and_their_longest_run()
    {
        var meter = Meter(minutes: 2);
        Place(meter, 0, "a", "b", "b", "b");
        Place(meter, 60, "b", "b", "a", "c");

        var report = meter.Report();

        Assert.Equal((4, 0.75, "b", 3), Of(report.Buckets[0].Measures));
        Assert.Equal((4, 0.5, "b", 2), Of(report.Buckets[1].Measures));
        Assert.Equal((8, 5 / 8.0, "b", 5), Of(report.Overall));
        Assert.Equal([("a", 2L), ("b", 5L), ("c", 1L)], report.Servers.Select(server => (server.ServerId, server.Placements)));

        static (long, double?, string?, long) Of(ImbalanceMeasures measures) =>
            (measures.Placements, measures.BusiestShareOfPlacements, measures.MostPlacedOnto, measures.LongestRun);
    }

    [Fact]
    public void Ages_of_polls_are_told_by_nearest_rank()
    {
        var meter = Meter(minutes: 1);
        for (var i = 1; i <= 40; i++) meter.Placed(new(Eight, "a", TimeSpan.FromSeconds(i / 2.0), 3));
        meter.Placed(new(Eight, "a", null, 3));

        // 0.5, 1.0, … 20.0: the 20th and the 38th of 40.
        Assert.Equal(new PollAges(10, 19, 20), meter.Report().Overall.PollAge);
    }

    [Fact]
    public void Old_polls_are_told_to_one_percent_in_bounded_memory()
    {
        var meter = Meter(minutes: 1);
        for (var i = 0; i < 100_000; i++) meter.Placed(new(Eight, "a", TimeSpan.FromMinutes(11 + i), 3));

        var age = meter.Report().Overall.PollAge!;

        Assert.InRange(age.Median, 0.99 * 60 * 50_010, 1.01 * 60 * 50_010);
        Assert.InRange(age.P95, 0.99 * 60 * 95_010, 1.01 * 60 * 95_010);
        Assert.Equal(60 * 100_010, age.Max);
    }

    [Fact]
    public void What_lies_outside_the_range_is_left_out_and_what_comes_late_counts_as_of_now()
    {
        var meter = Meter(minutes: 2);
        meter.Placed(new(Eight.AddTicks(-1), "a", null, 1));
        meter.Sample(Eight.AddSeconds(70), [new("a", 1)]);
        meter.Placed(new(Eight.AddSeconds(59), "a", null, 1));
        meter.Sample(Eight.AddMinutes(2), [new("b", 1)]);
        meter.Placed(new(Eight.AddMinutes(2), "a", null, 1));

        var report = meter.Report();

        Assert.Equal([0L, 1L], report.Buckets.Select(bucket => bucket.Measures.Placements));
        Assert.Equal(["a"], report.Servers.Select(server => server.ServerId));
        Assert.Throws<InvalidOperationException>(() => meter.Placed(new(Eight, "a", null, 1)));
    }

    [Fact]
    public void The_last_bucket_may_be_shorter()
    {
        var meter = new ImbalanceMeter(new(new(Eight, Eight.AddSeconds(90), TimeSpan.FromMinutes(1))));
        meter.Sample(Eight, [new("a", 4)]);

        var report = meter.Report();

        Assert.Equal([Eight, Eight.AddMinutes(1)], report.Buckets.Select(bucket => bucket.From));
        Assert.All(report.Buckets, bucket => Assert.Equal(4, bucket.Measures.Load));
    }

    [Fact]
    public void A_year_in_seconds_is_kept_in_wider_buckets()
    {
        var range = new ImbalanceRange(Eight, Eight.AddDays(365), TimeSpan.FromSeconds(1));
        var meter = new ImbalanceMeter(new(range, Grid: true));
        meter.Sample(Eight, [new("a", 4)]);

        var report = meter.Report();

        Assert.InRange(report.Buckets.Count, ImbalanceRange.MostBuckets / 2, ImbalanceRange.MostBuckets);
        Assert.Equal(0, range.Width.Ticks % TimeSpan.TicksPerSecond);
        Assert.Equal(TimeSpan.FromMinutes(5), range.SampleEvery);
        Assert.InRange(report.Grid!.Columns, LoadGrid.MostColumns / 2, LoadGrid.MostColumns);
        Assert.Equal(4, report.Grid.Load("a", report.Grid.Columns - 1));
    }

    [Fact]
    public void The_grid_holds_the_mean_load_and_the_placements_of_each_server()
    {
        var meter = new ImbalanceMeter(new(new(Eight, Eight.AddMinutes(3), TimeSpan.FromMinutes(1)), Grid: true));
        meter.Sample(Eight, [new("b", 10), new("a", 1)]);
        meter.Sample(Eight.AddSeconds(30), [new("b", 20)]);
        Place(meter, 65, "c", "c");
        meter.Sample(Eight.AddSeconds(150), [new("a", 8)]);

        var report = meter.Report();
        var grid = report.Grid!;

        Assert.Equal(["a", "b", "c"], grid.Servers);
        Assert.Equal([1, null, 8], Row("a"));
        Assert.Equal([15, 20, 20], Row("b"));
        Assert.Equal([null, null, null], Row("c"));
        Assert.Equal([0, 2, 0], Enumerable.Range(0, 3).Select(column => grid.Placements("c", column)));
        Assert.Equal(((1 * 30) + (8 * 30)) / 60.0, report.Servers[0].MeanLoad);
        Assert.Equal(8, report.Servers[0].PeakLoad);

        IEnumerable<double?> Row(string server) => Enumerable.Range(0, 3).Select(column => grid.Load(server, column));
    }

    [Fact]
    public void A_range_that_is_none_is_told()
    {
        Assert.Contains("empty", ImbalanceRange.WhyNot(Eight, Eight, TimeSpan.FromMinutes(1)), StringComparison.Ordinal);
        Assert.Contains("inverted", ImbalanceRange.WhyNot(Eight, Eight.AddMinutes(-1), TimeSpan.FromMinutes(1)), StringComparison.Ordinal);
        Assert.Contains("a second", ImbalanceRange.WhyNot(Eight, Eight.AddMinutes(1), TimeSpan.Zero), StringComparison.Ordinal);
        Assert.Null(ImbalanceRange.WhyNot(Eight, Eight.AddMinutes(1), TimeSpan.FromSeconds(1)));
        Assert.Throws<ArgumentException>(() => new ImbalanceMeter(new(new(Eight, Eight, TimeSpan.FromMinutes(1)))));
    }

    [Fact]
    public void Memory_is_that_of_the_buckets_however_many_placements_there_are()
    {
        var range = new ImbalanceRange(Eight, Eight.AddDays(10), TimeSpan.FromMinutes(1));
        var meter = new ImbalanceMeter(new(range));
        var chance = new Random(5);
        var samples = new ServerSample[100];
        string[] ids = [.. Enumerable.Range(0, samples.Length).Select(i => $"node-{i}")];
        var allocated = GC.GetAllocatedBytesForCurrentThread();
        var placed = 0;
        for (var at = range.From; at < range.To; at += range.SampleEvery)
        {
            for (var i = 0; i < samples.Length; i++) samples[i] = new(ids[i], chance.Next(100));
            meter.Sample(at, samples);
            if (chance.Next(10) > 0) continue;
            for (var i = 0; i < 12; i++, placed++) meter.Placed(new(at, ids[chance.Next(ids.Length)], TimeSpan.FromSeconds(chance.Next(60)), 100));
        }

        var report = meter.Report();

        Assert.Equal(placed, report.Overall.Placements);
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - allocated < 20_000_000);
    }

    private static ImbalanceMeter Meter(int minutes) => new(new(new(Eight, Eight.AddMinutes(minutes), TimeSpan.FromMinutes(1))));

    private static void Place(ImbalanceMeter meter, int second, params string[] servers)
    {
        foreach (var server in servers) meter.Placed(new(Eight.AddSeconds(second), server, null, 3));
    }
}
