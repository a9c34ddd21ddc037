using System.Diagnostics;
using Scalelite.Simulator;
using Scalelite.Simulator.Faults;
using Scalelite.Testing;
using Xunit.Abstractions;

namespace Scalelite.Faults.Serial;

/// <summary>One of twenty nodes takes connections and calls, and answers nothing.</summary>
[Collection(Alone.Name)]
public sealed class HangingNodeTests(ITestOutputHelper output) : IAsyncLifetime
{
    private const int Rounds = 5;
    private const int Calls = 2_000;
    private const int CallersAtOnce = 8;
    private const int CallersOfHanging = 40;
    private const int Cap = 8;
    private const int PollsAtOnce = 4;
    private static readonly TimeSpan NodeDeadline = TimeSpan.FromSeconds(1 + 2);

    private Pool pool = null!;
    private string[] others = [];
    private string[] its = [];
    private SimulatedNode hanging = null!;

    public async Task InitializeAsync()
    {
        pool = await Pool.StartAsync(new PoolPlan
        {
            Nodes = 20,
            Settings = new Dictionary<string, string>
            {
                ["POLL_INTERVAL"] = "2",
                ["NODE_CONNECTIONS"] = $"{Cap}",
                ["CONNECT_TIMEOUT"] = "1",
                ["RESPONSE_TIMEOUT"] = "2",
                // It stays suspect, so that it is called all the time: an offline one would be left alone.
                ["SERVER_UNHEALTHY_THRESHOLD"] = "1000",
                ["RAILS_LOG_LEVEL"] = "error",
            },
        });
        await Task.WhenAll(Enumerable.Range(0, 40).Select(async i => (await pool.Lms.CreateAsync($"class-{i}")).ShouldSucceed()));
        hanging = pool.Simulated.Nodes[^1];
        its = [.. hanging.Meetings.Select(m => m.MeetingID)];
        others = [.. pool.Simulated.Nodes.Where(n => n != hanging).SelectMany(n => n.Meetings).Select(m => m.MeetingID)];
        await pool.PolledAsync(1);
    }

    public async Task DisposeAsync() => await pool.DisposeAsync();

    [Fact]
    public async Task A_hanging_node_slows_no_call_to_the_others_and_holds_no_more_connections_than_its_cap()
    {
        await MeasureAsync();
        await MeasureAsync();
        var open = new List<int>();
        var (without, with) = await CompareAsync(open);
        output.WriteLine($"p99 without: {Listed(without)} ms; with: {Listed(with)} ms; connections: at most {open.Max()}");

        Assert.InRange(Median(with), 0, (1.2 * Median(without)) + 5);
        Assert.InRange(open.Max(), Cap, Cap + PollsAtOnce);
    }

    [Fact]
    public async Task getMeetings_answers_within_one_node_deadline_with_the_rest_and_what_the_hanging_node_had()
    {
        hanging.Faults.Add(Fault.Hang());
        var clock = Stopwatch.StartNew();
        var answer = (await pool.Lms.MeetingsAsync()).ShouldSucceed();

        Assert.True(clock.Elapsed < NodeDeadline + TimeSpan.FromSeconds(1), $"getMeetings took {clock.Elapsed}");
        var listed = answer.Element("meetings")!.Elements("meeting").Select(m => m.Of("meetingID")).Order(StringComparer.Ordinal);
        Assert.Equal(others.Concat(its).Order(StringComparer.Ordinal), listed);
    }

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);

    private static string Listed(List<double> values) => string.Join(' ', values.Select(p => $"{p:0.0}"));

    /// <summary>The 99th percentiles of interleaved rounds.</summary>
    private async Task<(List<double> Without, List<double> With)> CompareAsync(List<int> open)
    {
        var (without, with) = (new List<double>(), new List<double>());
        for (var round = 0; round < Rounds; round++)
        {
            without.Add(await MeasureAsync());
            hanging.Faults.Add(Fault.Hang());
            using (var stop = new CancellationTokenSource())
            {
                var calling = CallHangingAsync(stop.Token);
                await Eventually.HoldsAsync("all connections to the hanging node are in use", () => hanging.Connections >= Cap);
                var sampling = SampleAsync(open, stop.Token);
                with.Add(await MeasureAsync());
                await stop.CancelAsync();
                await Task.WhenAll(calling, sampling);
            }

            hanging.Recover();
            await pool.ReadyAsync();
        }

        return (without, with);
    }

    /// <summary>The 99th percentile of calls to the other nodes, in milliseconds.</summary>
    private async Task<double> MeasureAsync()
    {
        var next = -1;
        var took = new double[Calls];
        await Task.WhenAll(Enumerable.Range(0, CallersAtOnce).Select(async _ =>
        {
            for (var i = Interlocked.Increment(ref next); i < Calls; i = Interlocked.Increment(ref next))
            {
                var began = Stopwatch.GetTimestamp();
                var answer = await pool.Lms.IsRunningAsync(others[i % others.Length]);
                took[i] = Stopwatch.GetElapsedTime(began).TotalMilliseconds;
                answer.ShouldSucceed();
            }
        }));
        return took.Order().ElementAt(Calls * 99 / 100);
    }

    private Task CallHangingAsync(CancellationToken stop) => Task.WhenAll(Enumerable.Range(0, CallersOfHanging).Select(async i =>
    {
        while (!stop.IsCancellationRequested) await pool.Lms.InfoAsync(its[i % its.Length]);
    }));

    private async Task SampleAsync(List<int> open, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            open.Add(hanging.Connections);
            await Task.Delay(10, CancellationToken.None);
        }
    }
}
