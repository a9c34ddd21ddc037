using Scalelite.Domain;
using Scalelite.Domain.Meetings;
using Scalelite.Domain.Servers;
using Scalelite.Testing;
using Scalelite.Workers.Meetings;
using Scalelite.Workers.Tests.Pool;
using Xunit;

namespace Scalelite.Workers.Tests.Meetings;

public sealed class EndTests
{
    [Fact]
    public async Task Two_polls_without_a_meeting_end_it_with_the_size_that_it_had()
    {
        await using var pool = await TestPool.StartAsync(1);
        var node = pool.Nodes.Nodes[0];
        var instance = await pool.StartMeetingAsync(node, "lesson", users: 4);
        await pool.PolledAsync(node);
        node.AddUsers("lesson", 3);
        await pool.PolledAsync(node);
        node.RemoveUsers("lesson", 6);
        await pool.PolledAsync(node);

        node.EndMeeting("lesson");
        await Eventually.HoldsAsync("it has no location", async () => await pool.LocationAsync("lesson") is null);

        var ended = Assert.IsType<MeetingEnded>((await pool.EventsAsync(Streams.Meeting(instance)))[^1]);
        Assert.Equal((EndLearned.Polls, 7), (ended.How, ended.PeakUsers));
        Assert.InRange(ended.MeanUsers, 1.5, 6.9);
        Assert.Equal((4, 1), (ended.Curve[0], ended.Curve[^1]));
        Assert.Contains(7, ended.Curve);
        Assert.Empty(node.Journal.Ends);
    }

    [Fact]
    public async Task An_end_that_is_told_twice_is_one()
    {
        await using var pool = await TestPool.StartAsync(1);
        var node = pool.Nodes.Nodes[0];
        var instance = await pool.StartMeetingAsync(node, "lesson");
        var end = new EndMeeting(instance, node.Name, EndLearned.EndCall, DateTimeOffset.UtcNow);

        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => pool.InvokeAsync(end)));

        Assert.Single(await pool.EventsAsync(Streams.Meeting(instance)), e => e is MeetingEnded);
    }

    [Fact]
    public async Task A_node_that_cannot_be_reached_keeps_its_meetings_and_hears_no_end()
    {
        await using var pool = await TestPool.StartAsync(2);
        var node = pool.Nodes.Nodes[0];
        await pool.StartMeetingAsync(node, "lesson", users: 20);
        await pool.BecomesAsync(node, Health.Online);

        node.Partition();
        await pool.BecomesAsync(node, Health.Offline);
        await pool.PolledAsync(node, 3);
        Assert.Equal(node.Name, await pool.LocationAsync("lesson"));

        node.Recover();
        await pool.BecomesAsync(node, Health.Online);
        await pool.PolledAsync(node);
        Assert.Equal(node.Name, await pool.LocationAsync("lesson"));
        Assert.Equal(20, node.Meeting("lesson")!.Users);
        Assert.Empty(node.Journal.Ends);
    }

    [Fact]
    public async Task A_meeting_that_is_being_placed_is_not_given_up_before_its_deadline()
    {
        await using var pool = await TestPool.StartAsync(1);
        var node = pool.Nodes.Nodes[0];
        var (early, late) = (Guid.CreateVersion7(), Guid.CreateVersion7());
        var now = DateTimeOffset.UtcNow;
        await pool.AppendAsync(Streams.Meeting(early), TestPool.Placed(early, node.Name, "early", now));
        await pool.AppendAsync(Streams.Meeting(late), TestPool.Placed(late, node.Name, "late", now.AddMinutes(5)));

        await Eventually.HoldsAsync("the one past its deadline is given up", async () => await pool.LocationAsync("early") is null);
        await pool.PolledAsync(node, 3);

        Assert.Equal(node.Name, await pool.LocationAsync("late"));
        var failed = Assert.IsType<PlacementFailed>((await pool.EventsAsync(Streams.Meeting(early)))[^1]);
        Assert.Equal(PlacementFailure.Abandoned, failed.Failure);
    }

    [Fact]
    public async Task A_meeting_whose_answer_was_lost_is_live_once_a_poll_sees_it()
    {
        await using var pool = await TestPool.StartAsync(1);
        var node = pool.Nodes.Nodes[0];
        var running = node.StartMeeting("lesson");
        var instance = Guid.CreateVersion7();
        await pool.AppendAsync(Streams.Meeting(instance), TestPool.Placed(instance, node.Name, "lesson", DateTimeOffset.UtcNow));

        await Eventually.HoldsAsync(
            "it is live",
            async () => await pool.Database.ScalarAsync<string>("select internal_meeting_id from meeting_location where state = 'live'")
                == running.InternalMeetingID);

        Assert.IsType<MeetingStarted>((await pool.EventsAsync(Streams.Meeting(instance)))[^1]);
    }
}
