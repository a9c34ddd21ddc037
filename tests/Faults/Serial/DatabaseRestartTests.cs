using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Xml.Linq;
using Scalelite.EventLog;
using Scalelite.Testing;

namespace Scalelite.Faults.Serial;

/// <summary>PostgreSQL is killed under load, stays away for half a minute, and comes back.</summary>
[Collection(Alone.Name)]
public sealed class DatabaseRestartTests : IAsyncLifetime
{
    private const string Known = "known";
    private static readonly TimeSpan Away = TimeSpan.FromSeconds(31);
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(3);

    private readonly ConcurrentQueue<Call> calls = new();
    private PrivateCluster cluster = null!;
    private Pool pool = null!;
    private volatile bool stopped;

    public async Task InitializeAsync()
    {
        cluster = await PrivateCluster.StartAsync(PrivateCluster.TemporaryFolder(), new PrivateClusterOptions { Temporary = true, Durable = false });
        pool = await Pool.StartAsync(new PoolPlan { Nodes = 4, Cluster = cluster });
        (await pool.Lms.CreateAsync(Known)).ShouldSucceed();
        await pool.PolledAsync(2);
    }

    public async Task DisposeAsync()
    {
        stopped = true;
        await pool.DisposeAsync();
        await cluster.DisposeAsync();
    }

    [Fact]
    public async Task A_restart_of_PostgreSQL_under_load_is_answered_rightly_or_with_internalError_within_three_seconds()
    {
        var node = pool.Simulated.Nodes.Single(n => n.Meeting(Known) is not null);
        var n = 0;
        var load = Task.WhenAll(
            RepeatAsync("create", () => pool.Lms.CreateAsync($"class-{Interlocked.Increment(ref n)}"), answer => answer.Of("internalMeetingID").Length > 0),
            RepeatAsync("create again", () => pool.Lms.CreateAsync(Known), answer => answer.Key() == "duplicateWarning"),
            RepeatAsync("info", () => pool.Lms.InfoAsync(Known), answer => answer.Of("meetingID") == Known),
            RepeatAsync("running", () => pool.Lms.IsRunningAsync(Known), answer => answer.Of("running") == "false"),
            RepeatAsync("meetings", pool.Lms.MeetingsAsync, answer => answer.Descendants("meetingID").Any(id => id.Value == Known)),
            RepeatJoinAsync(node));
        await Eventually.HoldsAsync("all calls succeed", () => calls.Where(call => call.IsRight).Select(call => call.Name).Distinct().Count() == 6);

        await cluster.StopAsync(immediately: true);
        var away = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(away) < Away)
        {
            var asked = Stopwatch.GetTimestamp();
            Assert.Equal(HttpStatusCode.ServiceUnavailable, await pool.Lms.HealthAsync());
            Assert.True(Stopwatch.GetElapsedTime(asked) < Soon);
            await Task.Delay(250);
        }

        await cluster.StartAgainAsync();
        var back = Stopwatch.GetTimestamp();
        await Eventually.HoldsAsync(
            "each call succeeds again", () => calls.Where(call => call.IsRight && call.Began > back).Select(call => call.Name).Distinct().Count() == 6);
        await Eventually.HoldsAsync("it is healthy", async () => await pool.Lms.HealthAsync() == HttpStatusCode.OK);
        stopped = true;
        await load;

        Assert.Contains(calls, call => call is { Name: "create", Error: "internalError" });
        Assert.All(calls, call => Assert.True(call.IsRight || call.Error == "internalError", call.ToString()));
        Assert.All(calls, call => Assert.True(call.Took < Soon, call.ToString()));
        Assert.All(calls.Where(call => call.Name == "join"), call => Assert.True(call.IsRight, call.ToString()));
        var firstCreate = calls.Where(call => call is { Name: "create", IsRight: true } && call.Ended > back).Min(call => call.Ended);
        Assert.True(Stopwatch.GetElapsedTime(back, firstCreate) < Soon, $"the first create succeeded after {Stopwatch.GetElapsedTime(back, firstCreate)}");

        // What was answered SUCCESS is known for good.
        foreach (var created in calls.Where(call => call is { Name: "create", IsRight: true }).Select(call => call.MeetingId!))
        {
            await Eventually.HoldsAsync($"{created} can be joined", async () => (await pool.Lms.JoinAsync(created)).To is not null);
        }
    }

    private async Task RepeatAsync(string name, Func<Task<XElement>> call, Func<XElement, bool> isRight)
    {
        while (!stopped)
        {
            var began = Stopwatch.GetTimestamp();
            var answer = await call();
            var right = answer.Succeeded() && isRight(answer);
            calls.Enqueue(new Call(name, began, Stopwatch.GetTimestamp(), right, right ? null : answer.Key(), answer.Of("meetingID")));
            await Task.Delay(50, CancellationToken.None);
        }
    }

    private async Task RepeatJoinAsync(Simulator.SimulatedNode node)
    {
        while (!stopped)
        {
            var began = Stopwatch.GetTimestamp();
            var joined = await pool.Lms.JoinAsync(Known);
            calls.Enqueue(new Call("join", began, Stopwatch.GetTimestamp(), joined.LeadsTo(node), joined.Error?.Key(), Known));
            await Task.Delay(50, CancellationToken.None);
        }
    }

    private sealed record Call(string Name, long Began, long Ended, bool IsRight, string? Error, string? MeetingId)
    {
        public TimeSpan Took => Stopwatch.GetElapsedTime(Began, Ended);
    }
}
