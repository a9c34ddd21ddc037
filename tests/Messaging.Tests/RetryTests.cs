using System.Collections.Concurrent;
using System.Diagnostics;

namespace Scalelite.Messaging.Tests;

public sealed class RetryTests : MessagingTest
{
    [Fact]
    public async Task A_failed_message_is_tried_again_after_growing_pauses()
    {
        var times = new ConcurrentQueue<long>();
        await using var worker = await Worker.StartAsync(
            Database.Source,
            does: call =>
            {
                times.Enqueue(Stopwatch.GetTimestamp());
                return times.Count < 3 ? throw new InvalidOperationException("not yet") : Append(call, "a");
            },
            settings: [("RetryDelays:0", "00:00:00.2"), ("RetryDelays:1", "00:00:00.6")]);

        await worker.PublishAsync(new Errand("slow-luck"));

        await Eventually.HoldsAsync(async () => await Messages() == 0);
        var at = times.ToArray();
        Assert.Equal(3, at.Length);
        Assert.True(Stopwatch.GetElapsedTime(at[0], at[1]) >= TimeSpan.FromSeconds(0.2));
        Assert.True(Stopwatch.GetElapsedTime(at[1], at[2]) >= TimeSpan.FromSeconds(0.6));
        Assert.Equal(1, await EventsOf("slow-luck"));
        Assert.Equal(0, await worker.DeadLetters.CountAsync());
    }

    [Fact]
    public async Task A_message_that_keeps_failing_is_a_dead_letter_with_its_error_and_can_be_replayed()
    {
        await using var worker = await Worker.StartAsync(Database.Source, does: _ => throw new InvalidOperationException("the node is mad"), settings: QuickRetries);

        await worker.PublishAsync(new Errand("k", Urgency.High));
        await Eventually.HoldsAsync(async () => await worker.DeadLetters.CountAsync() == 1);

        Assert.Equal(3, worker.Desk.Runs);
        Assert.Equal(0, await Messages());
        var letter = Assert.Single(await worker.DeadLetters.ListAsync());
        Assert.Equal(typeof(Errand).FullName, letter.MessageType);
        Assert.Contains("the node is mad", letter.Error, StringComparison.Ordinal);
        Assert.Contains("\"High\"", letter.Body, StringComparison.Ordinal);
        Assert.Empty(await worker.DeadLetters.ListAsync(messageType: typeof(Note).FullName));

        worker.Desk.Does = call => Append(call, "replayed");
        Assert.True(await worker.DeadLetters.ReplayAsync(letter.Id));
        await Eventually.HoldsAsync(async () => await EventsOf("k") == 1);
        Assert.Equal(0, await worker.DeadLetters.CountAsync());
        Assert.False(await worker.DeadLetters.ReplayAsync(letter.Id));
    }

    [Fact]
    public async Task All_dead_letters_are_replayed_at_once()
    {
        await using var worker = await Worker.StartAsync(Database.Source, does: _ => throw new InvalidOperationException("no"), settings: QuickRetries);
        for (var i = 0; i < 5; i++) await worker.PublishAsync(new Errand($"k{i}"));
        await Eventually.HoldsAsync(async () => await worker.DeadLetters.CountAsync() == 5);

        worker.Desk.Does = call => Append(call, "replayed");
        Assert.Equal(5, await worker.DeadLetters.ReplayAllAsync());
        await Eventually.HoldsAsync(async () => await Database.ScalarAsync<long>("select count(*) from mt_events") == 5);
    }

    [Theory]
    [InlineData("Of.No.Handler", "{}", 0, "No handler for messages of type Of.No.Handler")]
    [InlineData("Scalelite.Messaging.Tests.Note", "[1]", 0, "cannot be read")]
    [InlineData("Scalelite.Messaging.Tests.Note", "{\"Key\": \"k\"}", 4, "no worker lived to say how it ended")]
    public async Task A_message_that_can_never_be_handled_is_a_dead_letter_at_once(string type, string body, int attempts, string error)
    {
        await using var worker = await Worker.StartAsync(Database.Source);

        await Database.ExecuteAsync(
            "insert into message (id, type, body, due_at, attempt) values (gen_random_uuid(), $1, $2::jsonb, now(), $3)", type, body, attempts);

        await Eventually.HoldsAsync(async () => await worker.DeadLetters.CountAsync() == 1);
        Assert.Contains(error, Assert.Single(await worker.DeadLetters.ListAsync()).Error, StringComparison.Ordinal);
        Assert.Empty(worker.Desk.Notes);
        Assert.Equal(0, await Messages());
    }

    [Fact]
    public async Task A_handler_that_was_overtaken_on_its_stream_decides_anew_without_a_failed_attempt()
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

        await Task.WhenAll(Enumerable.Range(0, 8).Select(i => worker.PublishAsync(new Errand($"k{i}"))));

        await Eventually.HoldsAsync(async () => await EventsOf("busy") == 8);
        await Eventually.HoldsAsync(async () => await Messages() == 0);
        Assert.Equal(0, await worker.DeadLetters.CountAsync());
    }

    [Fact]
    public async Task A_handler_that_takes_too_long_is_cancelled_and_has_failed()
    {
        await using var worker = await Worker.StartAsync(
            Database.Source,
            does: async call =>
            {
                await Task.Delay(Timeout.Infinite, call.Cancellation);
                return Nothing;
            },
            settings: [.. QuickRetries, ("HandlerTimeout", "00:00:00.2")]);

        await worker.PublishAsync(new Errand("endless"));

        await Eventually.HoldsAsync(async () => await worker.DeadLetters.CountAsync() == 1);
        Assert.Contains("took longer than", Assert.Single(await worker.DeadLetters.ListAsync()).Error, StringComparison.Ordinal);
    }
}
