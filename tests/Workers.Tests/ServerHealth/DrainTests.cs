using Scalelite.Domain;
using Scalelite.Domain.Servers;
using Scalelite.Testing;
using Scalelite.Workers.Tests.Pool;
using Xunit;

namespace Scalelite.Workers.Tests.ServerHealth;

public sealed class DrainTests
{
    [Fact]
    public async Task A_cordoned_server_is_disabled_when_its_last_meeting_is_gone_and_not_before()
    {
        await using var pool = await TestPool.StartAsync(1);
        var node = pool.Nodes.Nodes[0];
        await pool.StartMeetingAsync(node, "empty room");
        await pool.AppendAsync(Streams.Server(node.Name), new ServerCordoned(node.Name, DateTimeOffset.UtcNow));

        await pool.PolledAsync(node, 3);
        Assert.Equal(AdministrativeState.Cordoned, (await pool.ServerAsync(node)).State);

        node.EndMeeting("empty room");
        await Eventually.HoldsAsync("it is disabled", async () => (await pool.ServerAsync(node)).State == AdministrativeState.Disabled);
        Assert.Single(await pool.EventsAsync(Streams.Server(node.Name)), e => e is ServerDrained);
    }

    [Fact]
    public async Task A_disabled_server_is_polled_and_stays_disabled()
    {
        await using var pool = await TestPool.StartAsync(1);
        var node = pool.Nodes.Nodes[0];
        await pool.AppendAsync(Streams.Server(node.Name), new ServerDisabled(node.Name, DateTimeOffset.UtcNow));

        await pool.BecomesAsync(node, Health.Online);
        await pool.PolledAsync(node);

        Assert.Equal(AdministrativeState.Disabled, (await pool.ServerAsync(node)).State);
    }
}
