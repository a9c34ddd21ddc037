using Scalelite.Testing;

namespace Scalelite.Faults.Outages;

/// <summary>The database is gone with all that was known; the nodes still have their meetings.</summary>
public sealed class LostDatabaseTests
{
    [Fact]
    public async Task Fifty_live_meetings_are_found_again_after_one_poll_and_none_is_ended()
    {
        await using var pool = await Pool.StartAsync(new PoolPlan
        {
            Nodes = 5,
            Instances = 2,
            Settings = new Dictionary<string, string> { ["POLL_INTERVAL"] = "2" },
        });
        string[] meetings = [.. Enumerable.Range(0, 50).Select(i => $"class-{i}")];
        await Task.WhenAll(meetings.Select(async (id, i) => (await pool.Processes[i % 2].Lms.CreateAsync(id)).ShouldSucceed()));
        var nodes = meetings.ToDictionary(id => id, id => pool.Simulated.Nodes.Single(n => n.Meeting(id) is not null));
        foreach (var (id, node) in nodes) node.AddUsers(id, 3, moderators: 1);
        await pool.PolledAsync(1);

        await pool.LoseDatabaseAsync();
        await Task.WhenAll(pool.Processes.Select(process => process.StopAsync()));
        await pool.SetUpAsync();
        // Polls are so far apart that what is found below is found after one.
        await Task.WhenAll(pool.StartProcessAsync(("POLL_INTERVAL", "60")), pool.StartProcessAsync(("POLL_INTERVAL", "60")));
        await pool.ReadyAsync();

        foreach (var lms in pool.Processes.Skip(2).Select(process => process.Lms))
        {
            foreach (var (id, node) in nodes)
            {
                await Eventually.HoldsAsync($"{id} is joined on {node.Name}", async () => (await lms.JoinAsync(id)).LeadsTo(node), 10);
            }
        }

        Assert.All(await pool.ServersAsync(), server => Assert.Equal(1, server.Round));
        Assert.All(meetings, id => Assert.Equal(3, nodes[id].Meeting(id)?.Users));
        Assert.All(pool.Simulated.Nodes, node => Assert.Empty(node.Journal.Ends));
        Assert.Equal(50, await pool.CountAsync("select from meeting_instance where adopted and state = 'live'"));
    }
}
