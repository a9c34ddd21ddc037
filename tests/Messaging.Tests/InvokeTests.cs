namespace Scalelite.Messaging.Tests;

public sealed class InvokeTests : MessagingTest
{
    [Fact]
    public async Task An_invoked_handler_has_committed_when_the_call_returns_and_its_messages_go_out()
    {
        await using var worker = await Worker.StartAsync(
            Database.Source,
            does: async call =>
            {
                await Append(call, "a");
                return [new Note("sent")];
            });

        await worker.InvokeAsync(new Errand("k"));

        Assert.Equal(1, await EventsOf("k"));
        await Eventually.HoldsAsync(() => worker.Desk.NotesOf("sent") == 1);
    }

    [Fact]
    public async Task A_process_that_handles_no_stored_messages_can_still_invoke()
    {
        await using var api = await Worker.StartAsync(Database.Source, does: call => Append(call, "api"), handles: false);

        await api.InvokeAsync(new Errand("k"));
        await api.PublishAsync(new Note("for a worker"));

        Assert.Equal(1, await EventsOf("k"));
        Assert.Equal(1, await Messages());
        Assert.Empty(api.Desk.Notes);
    }

    [Fact]
    public async Task The_failure_of_an_invoked_handler_is_thrown_and_leaves_nothing()
    {
        await using var worker = await Worker.StartAsync(
            Database.Source,
            does: async call =>
            {
                await Append(call, "a");
                await call.Bus.PublishAsync(new Note("never"));
                throw new InvalidOperationException("told to");
            });

        var failure = await Assert.ThrowsAsync<InvalidOperationException>(() => worker.InvokeAsync(new Errand("k")));

        Assert.Equal("told to", failure.Message);
        Assert.Equal(1, worker.Desk.Runs);
        Assert.Equal(0, await EventsOf("k"));
        Assert.Equal(0, await Messages());
        Assert.Equal(0, await worker.DeadLetters.CountAsync());
    }

    [Fact]
    public async Task A_message_without_a_handler_cannot_be_invoked()
    {
        await using var worker = await Worker.StartAsync(Database.Source);

        var failure = await Assert.ThrowsAsync<InvalidOperationException>(() => worker.InvokeAsync(new ErrandRun("k", "nobody")));

        Assert.Contains(typeof(ErrandRun).FullName!, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_invoked_handler_that_was_overtaken_decides_anew()
    {
        await using var worker = await Worker.StartAsync(
            Database.Source,
            does: async call =>
            {
                var state = await call.Session.Events.FetchStreamStateAsync("busy", call.Cancellation);
                call.Session.Events.Append("busy", (state?.Version ?? 0) + 1, new ErrandRun(call.Errand.Key, "a"));
                return Nothing;
            },
            settings: ("ConflictRetries", "12"));

        await Task.WhenAll(Enumerable.Range(0, 6).Select(i => worker.InvokeAsync(new Errand($"k{i}"))));

        Assert.Equal(6, await EventsOf("busy"));
    }

    [Fact]
    public async Task A_conflict_that_does_not_end_is_thrown()
    {
        await using var worker = await Worker.StartAsync(
            Database.Source,
            does: call =>
            {
                call.Session.Events.StartStream("taken", new ErrandRun("k", "a"));
                return Task.FromResult(Nothing);
            },
            settings: ("ConflictRetries", "2"));
        await worker.InvokeAsync(new Errand("first"));

        await Assert.ThrowsAsync<ExistingStreamIdCollisionException>(() => worker.InvokeAsync(new Errand("second")));

        Assert.Equal(1 + 3, worker.Desk.Runs);
    }

    [Fact]
    public async Task An_invoked_handler_ends_at_its_timeout()
    {
        await using var worker = await Worker.StartAsync(
            Database.Source,
            does: async call =>
            {
                await Task.Delay(Timeout.Infinite, call.Cancellation);
                return Nothing;
            });

        await Assert.ThrowsAsync<TimeoutException>(() => worker.InvokeAsync(new Errand("k"), TimeSpan.FromMilliseconds(100)));
    }
}
