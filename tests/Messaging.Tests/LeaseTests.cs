namespace Scalelite.Messaging.Tests;

public sealed class LeaseTests : MessagingTest
{
    [Fact]
    public async Task A_message_of_an_instance_that_died_is_handled_by_another()
    {
        // An instance that gives no sign and never returns is to the others the same as a killed one.
        await using var dead = await Worker.StartAsync(Database.Source, "dead", Hang, settings: [NoHeartbeat, ShortLease, OneAtOnce, QuickStop]);
        await dead.PublishAsync(new Errand("k"));
        await Eventually.HoldsAsync(() => dead.Desk.Runs == 1);

        await using var other = await Worker.StartAsync(Database.Source, "other", call => Append(call, "other"));

        await Eventually.HoldsAsync(async () => await EventsOf("k") == 1);
        await Eventually.HoldsAsync(async () => await Messages() == 0);
        Assert.Equal(1, other.Desk.Runs);
    }

    [Fact]
    public async Task A_frozen_instance_that_wakes_up_after_its_lease_writes_nothing()
    {
        var awake = new TaskCompletionSource();
        await using var frozen = await Worker.StartAsync(
            Database.Source, "frozen",
            async call =>
            {
                await awake.Task;
                await Append(call, "frozen");
                return [new Note("from the frozen one")];
            },
            settings: [NoHeartbeat, ShortLease, OneAtOnce]);
        await frozen.PublishAsync(new Errand("k"));
        await Eventually.HoldsAsync(() => frozen.Desk.Runs == 1);

        // The other takes the message and is still at it when the first one wakes up.
        var done = new TaskCompletionSource();
        await using var other = await Worker.StartAsync(
            Database.Source, "other",
            async call =>
            {
                await done.Task;
                return await Append(call, "other");
            });
        await Eventually.HoldsAsync(() => other.Desk.Runs == 1);
        awake.SetResult();
        await frozen.StopAsync();
        Assert.Equal(0, await EventsOf("k"));
        Assert.Equal(1, await Messages());

        done.SetResult();
        await Eventually.HoldsAsync(async () => await Messages() == 0);
        Assert.Equal("other", await Database.ScalarAsync<string>("select data->>'By' from mt_events where stream_id = 'k'"));
        Assert.Equal(1, await EventsOf("k"));
        Assert.Empty(other.Desk.Notes);
        Assert.Equal(0, await other.DeadLetters.CountAsync());
    }

    [Fact]
    public async Task A_handler_whose_message_was_deleted_writes_nothing()
    {
        var go = new TaskCompletionSource();
        await using var worker = await Worker.StartAsync(
            Database.Source,
            does: async call =>
            {
                await go.Task;
                await call.Bus.PublishAsync(new Note("by the bus"));
                await Append(call, "a");
                return [new Note("returned")];
            });
        await worker.PublishAsync(new Errand("k"));
        await Eventually.HoldsAsync(() => worker.Desk.Runs == 1);

        await Database.ExecuteAsync("delete from message");
        go.SetResult();
        await worker.StopAsync();

        Assert.Equal(0, await EventsOf("k"));
        Assert.Equal(0, await Messages());
        Assert.Equal(0, await worker.DeadLetters.CountAsync());
    }

    [Fact]
    public async Task A_handler_without_events_whose_message_was_deleted_sends_nothing()
    {
        await using var bus = await Worker.StartAsync(Database.Source, handles: false);
        var groupCommit = new Sending.GroupCommit(Database.Source, new Sending.WakeUp());
        var sent = Sending.Envelope.For(new Note("k"), null, null);

        var lost = groupCommit.AcknowledgeAsync(new(Guid.NewGuid(), Guid.NewGuid(), 1), [sent]);

        await Assert.ThrowsAsync<Sending.LeaseLostException>(() => lost);
        Assert.Equal(0, await Messages());
    }

    [Fact]
    public async Task A_long_handler_keeps_its_message()
    {
        await using var slow = await Worker.StartAsync(
            Database.Source, "slow",
            async call =>
            {
                await Task.Delay(TimeSpan.FromSeconds(3), call.Cancellation);
                return await Append(call, "slow");
            },
            settings: [ShortLease, ("HeartbeatInterval", "00:00:00.2")]);
        await slow.PublishAsync(new Errand("k"));
        await Eventually.HoldsAsync(() => slow.Desk.Runs == 1);
        await using var other = await Worker.StartAsync(Database.Source, "other");

        await Eventually.HoldsAsync(async () => await Messages() == 0);

        Assert.Equal(1, await EventsOf("k"));
        Assert.Equal(0, other.Desk.Runs);
        Assert.Equal(1, slow.Desk.Runs);
    }

    [Fact]
    public async Task Of_two_instances_each_message_is_handled_by_one()
    {
        await using var sender = await Worker.StartAsync(Database.Source, handles: false);
        await using var a = await Worker.StartAsync(Database.Source);
        await using var b = await Worker.StartAsync(Database.Source, "b");

        await Task.WhenAll(Enumerable.Range(0, 2000).Select(i => sender.PublishAsync(new Note($"{i}"))));

        await Eventually.HoldsAsync(async () => await Messages() == 0);
        var notes = a.Desk.Notes.Concat(b.Desk.Notes).Select(note => note.Key).ToList();
        Assert.Equal(2000, notes.Count);
        Assert.Equal(2000, notes.Distinct().Count());
    }

    [Fact]
    public async Task A_handler_that_ends_while_it_stops_is_waited_for()
    {
        var worker = await Worker.StartAsync(
            Database.Source,
            does: async call =>
            {
                await Task.Delay(500, CancellationToken.None);
                return await Append(call, "a");
            });
        await worker.PublishAsync(new Errand("k"));
        await Eventually.HoldsAsync(() => worker.Desk.Runs == 1);

        await worker.DisposeAsync();

        Assert.Equal(1, await EventsOf("k"));
        Assert.Equal(0, await Messages());
    }

    [Fact]
    public async Task What_does_not_end_in_time_is_given_back_at_the_stop_as_if_it_had_not_been_claimed()
    {
        var stubborn = new TaskCompletionSource();
        var worker = await Worker.StartAsync(
            Database.Source,
            does: async call =>
            {
                if (call.Errand.Key == "stubborn") await stubborn.Task;
                else await Task.Delay(Timeout.Infinite, call.Cancellation);
                return await Append(call, "a");
            },
            settings: QuickStop);
        await worker.PublishAsync(new Errand("stubborn"));
        await worker.PublishAsync(new Errand("obedient"));
        await Eventually.HoldsAsync(() => worker.Desk.Runs == 2);

        await worker.StopAsync();

        Assert.Equal(2, await Database.ScalarAsync<long>("select count(*) from message where owner is null and leased_until is null and attempt = 0 and due_at <= now()"));
        await using var other = await Worker.StartAsync(Database.Source, "other", call => Append(call, "other"));
        await Eventually.HoldsAsync(async () => await Messages() == 0, seconds: 5);
        stubborn.SetResult();
        await worker.DisposeAsync();
        Assert.Equal(1, await EventsOf("stubborn"));
        Assert.Equal(1, await EventsOf("obedient"));
    }

    private static async Task<OutgoingMessages> Hang(ErrandCall call)
    {
        await Task.Delay(Timeout.Infinite, call.Cancellation);
        return Nothing;
    }
}
