using Scalelite.Domain;
using Scalelite.Domain.Meetings;
using Scalelite.Domain.Placement;
using Scalelite.Domain.Servers;
using Scalelite.Testing;
using Scalelite.Workers.Tests.Pool;
using Xunit;

namespace Scalelite.Workers.Tests.Copies;

public sealed class CopyTests
{
    private static PlacementReason Why { get; } = new("least-load", "lowest load of 1", null, 1, [], 2);

    [Fact]
    public async Task An_uncertain_copy_without_users_is_ended()
    {
        await using var pool = await TestPool.StartAsync(2);
        var (first, second) = (pool.Nodes.Nodes[0], pool.Nodes.Nodes[1]);
        await PlacedAgainAsync(pool, "lesson", users: 0);

        await Eventually.HoldsAsync("the copy is ended", () => first.Meeting("lesson") is null);
        await Eventually.HoldsAsync("the copy is forgotten", async () => await CopiesAsync(pool) == 0);

        Assert.Equal(second.Name, await pool.LocationAsync("lesson"));
        Assert.NotNull(second.Meeting("lesson"));
        Assert.Empty(second.Journal.Ends);
    }

    [Fact]
    public async Task An_uncertain_copy_with_users_is_left_to_them_until_they_are_gone()
    {
        await using var pool = await TestPool.StartAsync(2);
        var first = pool.Nodes.Nodes[0];
        await PlacedAgainAsync(pool, "lesson", users: 2);

        await pool.PolledAsync(first, 4);
        Assert.Empty(first.Journal.Ends);
        Assert.Equal(2, first.Meeting("lesson")!.Users);

        first.RemoveUsers("lesson", 2);
        await Eventually.HoldsAsync("the copy is ended", () => first.Meeting("lesson") is null);
        Assert.NotNull(pool.Nodes.Nodes[1].Meeting("lesson"));
    }

    [Fact]
    public async Task A_meeting_moves_back_to_the_copy_that_people_are_in_and_the_empty_one_is_ended()
    {
        await using var pool = await TestPool.StartAsync(2);
        var (first, second) = (pool.Nodes.Nodes[0], pool.Nodes.Nodes[1]);
        var instance = await pool.StartMeetingAsync(first, "lesson", users: 3);
        var left = first.Meeting("lesson")!;
        first.Partition();
        await pool.BecomesAsync(first, Health.Offline);
        await MovedAsync(pool, instance, left.InternalMeetingID, users: 0);

        first.Recover();
        await Eventually.HoldsAsync("it is back", async () => await pool.LocationAsync("lesson") == first.Name);
        await Eventually.HoldsAsync("the empty copy is ended", () => second.Meeting("lesson") is null);

        Assert.Equal(3, first.Meeting("lesson")!.Users);
        Assert.Empty(first.Journal.Ends);
        Assert.True((await pool.EventsAsync(Streams.Meeting(instance))).OfType<MeetingMoved>().Last().Back);
    }

    [Fact]
    public async Task A_meeting_with_people_in_its_new_copy_stays_there()
    {
        await using var pool = await TestPool.StartAsync(2);
        var (first, second) = (pool.Nodes.Nodes[0], pool.Nodes.Nodes[1]);
        var instance = await pool.StartMeetingAsync(first, "lesson", users: 3);
        var left = first.Meeting("lesson")!;
        first.Partition();
        await pool.BecomesAsync(first, Health.Offline);
        await MovedAsync(pool, instance, left.InternalMeetingID, users: 1);

        first.Recover();
        await pool.BecomesAsync(first, Health.Online);
        await pool.PolledAsync(first, 4);
        Assert.Equal(second.Name, await pool.LocationAsync("lesson"));
        Assert.Empty(first.Journal.Ends);

        first.RemoveUsers("lesson", 3);
        await Eventually.HoldsAsync("the old copy is ended when it is empty", () => first.Meeting("lesson") is null);
        Assert.Empty(second.Journal.Ends);
    }

    [Fact]
    public async Task MOVED_COPIES_end_ends_a_left_copy_with_people_in_it()
    {
        var settings = TestPool.Quick with { Placement = TestPool.Quick.Placement with { EndsMovedCopies = true } };
        await using var pool = await TestPool.StartAsync(2, settings);
        var first = pool.Nodes.Nodes[0];
        var instance = await pool.StartMeetingAsync(first, "lesson", users: 3);
        var left = first.Meeting("lesson")!;
        first.Partition();
        await pool.BecomesAsync(first, Health.Offline);
        await MovedAsync(pool, instance, left.InternalMeetingID, users: 1);

        first.Recover();

        await Eventually.HoldsAsync("the old copy is ended", () => first.Meeting("lesson") is null);
    }

    private static Task<long> CopiesAsync(TestPool pool) => pool.Database.ScalarAsync<long>("select count(*) from meeting_copy");

    /// <summary>A create that the first node carried out without answering, and the second one answered.</summary>
    private static async Task PlacedAgainAsync(TestPool pool, string meetingId, int users)
    {
        var (first, second) = (pool.Nodes.Nodes[0], pool.Nodes.Nodes[1]);
        var (instance, now) = (Guid.CreateVersion7(), DateTimeOffset.UtcNow);
        await pool.AppendAsync(
            Streams.Meeting(instance),
            TestPool.Placed(instance, first.Name, meetingId, now.AddSeconds(25)),
            new PlacementFailed(instance, first.Name, PlacementFailure.Uncertain, "timeout", 500, now),
            TestPool.Placed(instance, second.Name, meetingId, now.AddSeconds(25)));
        var running = second.StartMeeting(meetingId);
        await pool.AppendAsync(
            Streams.Meeting(instance),
            new MeetingStarted(instance, second.Name, running.InternalMeetingID, running.CreateTime, null, false, null, 1, now));
        first.StartMeeting(meetingId);
        first.AddUsers(meetingId, users);
    }

    /// <summary>The meeting went from the first node to the second, which runs it with these users.</summary>
    private static async Task MovedAsync(TestPool pool, Guid instance, string left, int users)
    {
        var (first, second) = (pool.Nodes.Nodes[0], pool.Nodes.Nodes[1]);
        var now = DateTimeOffset.UtcNow;
        await pool.AppendAsync(
            Streams.Meeting(instance), new MeetingMoved(instance, first.Name, left, second.Name, null, null, false, Why, now.AddSeconds(25), now));
        var running = second.StartMeeting("lesson");
        second.AddUsers("lesson", users);
        await pool.AppendAsync(
            Streams.Meeting(instance),
            new MeetingStarted(instance, second.Name, running.InternalMeetingID, running.CreateTime, null, false, null, 1, now));
        await pool.PolledAsync(second);
    }
}
