using Scalelite.Simulator;
using Scalelite.Simulator.Faults;
using Scalelite.Testing;

namespace Scalelite.Faults.Creates;

/// <summary>A node that takes twenty seconds for a create, while the poller asks each second whether it has the meeting.</summary>
public sealed class SlowCreateTests
{
    private static readonly TimeSpan Slow = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task A_create_that_its_node_delays_for_twenty_seconds_keeps_its_meeting()
    {
        await using var pool = await Pool.StartAsync(new PoolPlan
        {
            Nodes = 1,
            Settings = new Dictionary<string, string> { ["RESPONSE_TIMEOUT"] = "24" },
        });
        var node = pool.Simulated.Nodes[0];
        node.Faults.Add(Fault.Latency(Slow).On("create"));

        var create = pool.Lms.CreateAsync("slow");
        await Eventually.HoldsAsync("the meeting is being placed", async () => await pool.LocationAsync("slow") is not null);
        var placed = (await pool.LocationAsync("slow"))!.Instance;
        var answer = (await create).ShouldSucceed();

        await pool.PolledAsync(2);
        Assert.Equal(placed, (await pool.LocationAsync("slow"))?.Instance);
        Assert.Equal(node.Meeting("slow")?.InternalMeetingID, answer.Of("internalMeetingID"));
        Assert.True((await pool.Lms.JoinAsync("slow")).LeadsTo(node));
        Assert.Empty(node.Ended);
        Assert.Equal(["meeting_placed", "meeting_started"], await pool.StoryAsync($"meeting-{placed}"));
    }

    [Fact]
    public async Task A_create_that_its_node_delays_beyond_RESPONSE_TIMEOUT_is_had_elsewhere_and_the_late_copy_goes()
    {
        await using var pool = await Pool.StartAsync(new PoolPlan
        {
            Nodes = 2,
            Settings = new Dictionary<string, string> { ["RESPONSE_TIMEOUT"] = "5" },
        });
        foreach (var node in pool.Simulated.Nodes) node.Faults.Add(Fault.Latency(Slow).On("create").Next(1));
        var slow = Task.Run(() => FirstAskedAsync(pool, "slow"));

        var create = pool.Lms.CreateAsync("slow");
        var first = await slow;
        var second = pool.Simulated.Nodes.Single(n => n != first);
        second.Faults.Clear();
        var answer = (await create).ShouldSucceed();

        Assert.Equal(second.Meeting("slow")?.InternalMeetingID, answer.Of("internalMeetingID"));
        await Eventually.HoldsAsync("the late copy came and went", () => first.Ended.Any(m => m.MeetingID == "slow"), 60);
        Assert.All(first.Ended, copy => Assert.Equal(0, copy.Users));
        Assert.True((await pool.Lms.JoinAsync("slow")).LeadsTo(second));
        Assert.Empty(second.Ended);
    }

    private static async Task<SimulatedNode> FirstAskedAsync(Pool pool, string meetingId)
    {
        SimulatedNode? asked = null;
        await Eventually.HoldsAsync("a node is asked", () =>
            (asked = pool.Simulated.Nodes.FirstOrDefault(n => n.Journal.Entries.Any(e => e.Call == "create" && e.MeetingID == meetingId))) is not null);
        return asked!;
    }
}
