using Scalelite.Testing;

namespace Scalelite.Faults.Creates;

/// <summary>A burst of creates between two polls spreads as if each had seen those before it.</summary>
public sealed class SpreadTests
{
    [Fact]
    public async Task Two_hundred_creates_at_once_give_each_of_twenty_servers_ten_in_each_of_twenty_rounds()
    {
        await using var pool = await Pool.StartAsync(new PoolPlan
        {
            Nodes = 20,
            Instances = 3,
            Settings = new Dictionary<string, string> { ["POLL_INTERVAL"] = "5", ["RAILS_LOG_LEVEL"] = "warn" },
        });
        for (var round = 0; round < 20; round++)
        {
            var prefix = $"round-{round}-";
            await Task.WhenAll(Enumerable.Range(0, 200).Select(async i =>
                (await pool.Processes[i % 3].Lms.CreateAsync($"{prefix}{i}")).ShouldSucceed()));
            Assert.Equal(
                Enumerable.Repeat(10, 20),
                pool.Simulated.Nodes.Select(node => node.Meetings.Count(m => m.MeetingID.StartsWith(prefix, StringComparison.Ordinal))));
        }
    }

    [Fact]
    public async Task Fifty_creates_over_servers_at_load_0_and_40_are_26_and_24()
    {
        await using var pool = await Pool.StartAsync(new PoolPlan
        {
            Nodes = 2,
            Instances = 2,
            Settings = new Dictionary<string, string> { ["LOAD_MIN_USER_COUNT"] = "15" },
        });
        var (idle, busy) = (pool.Simulated.Nodes[0], pool.Simulated.Nodes[1]);
        busy.StartMeeting("a-lecture");
        busy.AddUsers("a-lecture", 40, moderators: 2);
        await Eventually.HoldsAsync("the lecture counts 40", async () => (await pool.ServerAsync(busy)).Load.Users() == 40);
        Assert.Equal(0, (await pool.ServerAsync(idle)).Load.Users());

        await Task.WhenAll(Enumerable.Range(0, 50).Select(async i => (await pool.Processes[i % 2].Lms.CreateAsync($"class-{i}")).ShouldSucceed()));

        Assert.Equal((26, 24), (idle.Meetings.Count, busy.Meetings.Count - 1));
    }
}
