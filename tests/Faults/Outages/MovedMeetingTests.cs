using Scalelite.Domain.Servers;
using Scalelite.Simulator;
using Scalelite.Testing;

namespace Scalelite.Faults.Outages;

/// <summary>A meeting moved while its node was unreachable; the node returns with its copy and those inside.</summary>
public sealed class MovedMeetingTests : IAsyncLifetime
{
    private const string Id = "lecture";

    private Pool pool = null!;
    private SimulatedNode old = null!;
    private SimulatedNode now = null!;
    private long oldCreateTime;

    public async Task InitializeAsync()
    {
        pool = await Pool.StartAsync(new PoolPlan
        {
            Nodes = 2,
            Settings = new Dictionary<string, string> { ["MOVE_AFTER"] = "1", ["CONNECT_TIMEOUT"] = "0.5", ["RESPONSE_TIMEOUT"] = "1" },
        });
        (await pool.Lms.CreateAsync(Id)).ShouldSucceed();
        old = pool.Simulated.Nodes.Single(n => n.Meeting(Id) is not null);
        now = pool.Simulated.Nodes.Single(n => n != old);
        oldCreateTime = old.Meeting(Id)!.CreateTime;
        old.AddUsers(Id, 20, moderators: 2);
        await pool.PolledAsync(1);
        old.Partition();
        await Eventually.HoldsAsync("it is offline", async () => (await pool.ServerAsync(old)).Server.Health == Health.Offline);
        await Eventually.HoldsAsync("it moves", async () => (await pool.Lms.CreateAsync(Id)).Succeeded());
        Assert.NotNull(now.Meeting(Id));
    }

    public async Task DisposeAsync() => await pool.DisposeAsync();

    [Fact]
    public async Task It_moves_back_where_nobody_came_into_the_new_copy()
    {
        old.Recover();

        await Eventually.HoldsAsync("it is back, and the empty copy is ended", async () => (await pool.LocationAsync(Id))?.Server.Url == old.Url && now.Meeting(Id) is null);
        Assert.Equal(0, Assert.Single(now.Ended).Users);
        Assert.Equal(20, old.Meeting(Id)!.Users);
        await Eventually.HoldsAsync("joins lead to it", async () => (await pool.Lms.JoinAsync(Id)).LeadsTo(old), 2);
    }

    [Fact]
    public async Task It_stays_where_people_are_in_the_new_copy_and_the_old_one_is_left_to_those_inside_until_it_is_empty()
    {
        now.AddUsers(Id, 3);
        await pool.PolledAsync(1);
        old.Recover();
        await pool.ReadyAsync();
        await pool.PolledAsync(3);

        Assert.Equal((20, 3), (old.Meeting(Id)?.Users, now.Meeting(Id)?.Users));
        Assert.Empty(old.Journal.Ends);
        using (var link = await pool.Lms.SendAsync("join", ("meetingID", Id), ("fullName", "Late"), ("role", "VIEWER"), ("createTime", $"{oldCreateTime}")))
        {
            // A link from before the move leads to where the others are, with the createTime of that copy.
            Assert.Equal(now.Port, link.Headers.Location?.Port);
            Assert.Contains($"createTime={now.Meeting(Id)!.CreateTime}", link.Headers.Location!.Query, StringComparison.Ordinal);
        }

        old.RemoveUsers(Id, 20);

        await Eventually.HoldsAsync("the empty copy is ended", () => old.Meeting(Id) is null);
        Assert.Equal(3, now.Meeting(Id)?.Users);
        Assert.True((await pool.Lms.JoinAsync(Id)).LeadsTo(now));
    }
}
