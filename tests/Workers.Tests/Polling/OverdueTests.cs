using Scalelite.Testing;
using Scalelite.Workers.Configuration;
using Scalelite.Workers.Tests.Pool;
using Xunit;

namespace Scalelite.Workers.Tests.Polling;

public sealed class OverdueTests
{
    [Fact]
    public async Task Polling_goes_on_within_two_intervals_after_all_messages_were_deleted()
    {
        var settings = TestPool.Quick with { Polling = new PollingSettings { Interval = TimeSpan.FromSeconds(2) } };
        await using var pool = await TestPool.StartAsync(5, settings);
        foreach (var node in pool.Nodes.Nodes) await pool.PolledAsync(node, 1);

        var before = new Dictionary<string, long>();
        foreach (var node in pool.Nodes.Nodes) before[node.Name] = await pool.RoundAsync(node);
        await pool.Database.ExecuteAsync("delete from message");

        await Eventually.HoldsAsync(
            "every server was polled again",
            async () =>
            {
                foreach (var node in pool.Nodes.Nodes)
                {
                    if (await pool.RoundAsync(node) == before[node.Name]) return false;
                }

                return true;
            },
            seconds: 4);
    }

    [Fact]
    public async Task A_new_server_is_polled_at_once()
    {
        var settings = TestPool.Quick with { Polling = new PollingSettings { Interval = TimeSpan.FromMinutes(5) } };
        await using var pool = await TestPool.StartAsync(1, settings, register: false);

        await pool.RegisterAsync(pool.Nodes.Nodes);

        await Eventually.HoldsAsync("it was polled", async () => await pool.RoundAsync(pool.Nodes.Nodes[0]) == 1, seconds: 5);
    }
}
