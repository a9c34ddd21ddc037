using Scalelite.Simulator.Faults;
using Scalelite.Testing;

namespace Scalelite.Faults.Operating;

/// <summary>Two processes poll; one is killed in the middle of a round.</summary>
public sealed class KilledPollerTests
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan OnePoll = TimeSpan.FromSeconds(0.5);

    [Fact]
    public async Task No_server_is_polled_twice_at_once_nor_missed_for_more_than_two_intervals()
    {
        await using var pool = await Pool.StartAsync(new PoolPlan
        {
            Nodes = 40,
            Instances = 2,
            Settings = new Dictionary<string, string> { ["POLL_INTERVAL"] = "10" },
        });
        foreach (var node in pool.Simulated.Nodes) node.Faults.Add(Fault.Latency(OnePoll).On("getMeetings"));
        await pool.PolledAsync(1);
        foreach (var node in pool.Simulated.Nodes) node.Journal.Clear();
        var calls = pool.Simulated.Nodes.Sum(n => n.Journal.Count("getMeetings"));
        await Eventually.HoldsAsync("a round is under way", () => pool.Simulated.Nodes.Sum(n => n.Journal.Count("getMeetings")) > calls + 2);

        await pool.Processes[1].KillAsync();

        await pool.PolledAsync(2, 60);
        foreach (var node in pool.Simulated.Nodes)
        {
            var times = node.Journal.Entries.Where(e => e.Call == "getMeetings").Select(e => e.At).ToArray();
            var gaps = times.Zip(times.Skip(1), (one, next) => next - one).ToArray();
            Assert.All(gaps, gap => Assert.InRange(gap, OnePoll, 2 * Interval));
        }
    }
}
