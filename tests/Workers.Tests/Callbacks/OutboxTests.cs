using System.Diagnostics;
using Microsoft.AspNetCore.Http;
using Scalelite.Domain;
using Scalelite.Domain.Callbacks;
using Scalelite.Testing;
using Scalelite.Workers.Callbacks;
using Xunit;

namespace Scalelite.Workers.Tests.Callbacks;

/// <summary>What is owed is delivered, once, whatever happens to receivers and to us.</summary>
public sealed class OutboxTests
{
    [Fact]
    public async Task A_receiver_that_is_down_for_an_hour_is_told_once_after()
    {
        await using var pool = await CallbackPool.StartAsync();
        pool.Receiver.Down = true;
        var began = pool.Time.GetUtcNow();
        var callback = await pool.ArriveAsync();
        for (var attempt = 1; pool.Time.GetUtcNow() - began < TimeSpan.FromHours(1); attempt++)
        {
            await pool.AttemptedAsync(callback, attempt);
            await pool.PassAsync(callback);
        }

        pool.Receiver.Down = false;
        await pool.BecomesAsync(callback, "delivered");
        pool.Time.Advance(TimeSpan.FromDays(1));
        // Another callback's delivery shows that whatever else was due by then has been sent too.
        await pool.BecomesAsync(await pool.ArriveAsync("rec-2"), "delivered");

        var tries = (await pool.RowAsync(callback)).Attempts;
        Assert.InRange(tries, 9, 13);
        Assert.Equal(tries + 1, pool.Receiver.Calls.Count);
        var events = await pool.Pool.EventsAsync(Streams.Callback(callback));
        Assert.Equal(tries + 1, events.Count);
        Assert.IsType<CallbackRegistered>(events[0]);
        Assert.Equal(tries, Assert.IsType<CallbackDelivered>(events[^1]).Attempt);
    }

    [Theory]
    [InlineData(410, "the target is gone")]
    [InlineData(404, "the target is gone")]
    [InlineData(204, "delivered")]
    public async Task A_target_that_took_it_or_is_gone_is_never_called_again(int status, string outcome)
    {
        await using var pool = await CallbackPool.StartAsync();
        pool.Receiver.Status = _ => status;
        var callback = await pool.ArriveAsync();
        await pool.BecomesAsync(callback, "delivered");
        pool.Time.Advance(TimeSpan.FromHours(2));
        await pool.Pool.PublishAsync(new CallBack(callback, 1, "127.0.0.1"));
        await pool.Pool.PublishAsync(new CallBack(callback, 2, "127.0.0.1"));
        await pool.BecomesAsync(await pool.ArriveAsync("rec-2"), "delivered");

        Assert.Equal((status, outcome), ((await pool.RowAsync(callback)).Status!.Value, (await pool.RowAsync(callback)).Outcome));
        Assert.Equal(2, pool.Receiver.Calls.Count);
    }

    [Fact]
    public async Task After_a_401_the_next_secret_is_tried_at_once()
    {
        await using var pool = await CallbackPool.StartAsync();
        pool.Receiver.Status = call => call.Token(CallbackPool.Second) is null ? 401 : 200;
        var callback = await pool.ArriveAsync(signedWith: CallbackPool.First);
        await pool.BecomesAsync(callback, "delivered");

        Assert.Equal(2, pool.Receiver.Calls.Count);
        Assert.Equal(1, (await pool.RowAsync(callback)).Attempts);
        Assert.NotNull(pool.Receiver.Calls.First().Token(CallbackPool.First));
    }

    [Fact]
    public async Task A_receiver_that_knows_none_of_the_secrets_is_asked_again_later()
    {
        await using var pool = await CallbackPool.StartAsync();
        pool.Receiver.Status = _ => 401;
        var callback = await pool.ArriveAsync();
        await pool.AttemptedAsync(callback, 1);

        var row = await pool.RowAsync(callback);
        Assert.Equal(("waiting", 401, "answered 401 to each of 2 secrets"), (row.State, row.Status, row.Outcome));
    }

    [Fact]
    public async Task A_restart_in_the_middle_loses_nothing()
    {
        await using var pool = await CallbackPool.StartAsync();
        var (hang, asked) = (new TaskCompletionSource(), new TaskCompletionSource());
        pool.Receiver.Before = http =>
        {
            asked.TrySetResult();
            return hang.Task.WaitAsync(http.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
        };
        var callback = await pool.ArriveAsync();
        await asked.Task.WaitAsync(TimeSpan.FromSeconds(20));
        // What a kill leaves behind: no message, no answer, a claim that nobody renews.
        using var given = new CancellationTokenSource(TimeSpan.Zero);
        await pool.Pool.Hosts[0].StopAsync(given.Token);
        await pool.Pool.Database.ExecuteAsync("delete from message");
        pool.Receiver.Before = _ => Task.CompletedTask;

        await pool.Pool.AddHostAsync();
        pool.Time.Advance(TimeSpan.FromMinutes(2));
        await pool.BecomesAsync(callback, "delivered");
        hang.SetResult();

        Assert.Equal(2, pool.Receiver.Calls.Count);
    }

    [Fact]
    public async Task A_callback_whose_message_is_lost_is_sent_all_the_same()
    {
        await using var pool = await CallbackPool.StartAsync(hosts: 2);
        pool.Receiver.Down = true;
        var callback = await pool.ArriveAsync();
        await pool.AttemptedAsync(callback, 1);
        await pool.Pool.Database.ExecuteAsync("delete from message");
        pool.Receiver.Down = false;
        var before = pool.Receiver.Calls.Count;

        await pool.PassAsync(callback);
        await pool.BecomesAsync(callback, "delivered");

        Assert.Equal(before + 1, pool.Receiver.Calls.Count);
    }

    [Fact]
    public async Task However_many_wake_it_one_worker_is_at_it_at_a_time()
    {
        await using var pool = await CallbackPool.StartAsync(hosts: 2);
        pool.Receiver.Before = _ => Task.Delay(TimeSpan.FromSeconds(1));
        var callback = await pool.ArriveAsync();
        await Task.WhenAll(Enumerable.Range(0, 30).Select(_ => pool.Pool.PublishAsync(new CallBack(callback, 1, "127.0.0.1"))));
        await pool.BecomesAsync(callback, "delivered");
        await Eventually.HoldsAsync("no message is left", async () => await pool.Pool.Database.ScalarAsync<long>("select count(*) from message") == 0);

        Assert.Single(pool.Receiver.Calls);
    }

    [Fact]
    public async Task What_failed_for_a_day_is_given_up_and_a_person_has_it_tried_again()
    {
        await using var pool = await CallbackPool.StartAsync();
        pool.Receiver.Status = _ => 500;
        var callback = await pool.ArriveAsync();
        await pool.AttemptedAsync(callback, 1);
        Assert.Contains("is tried again at", await pool.RetryAsync(callback), StringComparison.Ordinal);
        pool.Time.Advance(TimeSpan.FromHours(25));
        await pool.BecomesAsync(callback, "abandoned");
        Assert.Equal((2, "answered 500; tried 2 times"), ((await pool.RowAsync(callback)).Attempts, (await pool.RowAsync(callback)).Outcome));

        pool.Receiver.Status = _ => 200;
        Assert.Null(await pool.RetryAsync(callback));
        await pool.BecomesAsync(callback, "delivered");

        Assert.Equal(3, pool.Receiver.Calls.Count);
        Assert.Contains("was delivered", await pool.RetryAsync(callback), StringComparison.Ordinal);
        Assert.Contains("Couldn't find", await pool.RetryAsync(Guid.NewGuid()), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_receiver_that_hangs_keeps_nobody_else_waiting()
    {
        await using var pool = await CallbackPool.StartAsync();
        pool.Receiver.Before = http => http.Request.Host.Host == "slow.lms.test" ? Task.Delay(TimeSpan.FromSeconds(30), http.RequestAborted) : Task.CompletedTask;
        for (var n = 0; n < 40; n++) await pool.ArriveAsync($"slow-{n}", pool.Receiver.Url(host: "slow.lms.test"));
        await Eventually.HoldsAsync("it hangs", () => pool.Receiver.Calls.Count >= CallbackTurns.MostOfHost);
        var clock = Stopwatch.StartNew();

        var others = new List<Guid>();
        for (var n = 0; n < 10; n++) others.Add(await pool.ArriveAsync($"quick-{n}", pool.Receiver.Url(host: $"quick-{n}.lms.test")));
        foreach (var other in others) await pool.BecomesAsync(other, "delivered");

        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(10), $"{clock.Elapsed}");
        Assert.True(pool.Receiver.Calls.Count(c => c.Headers["Host"].StartsWith("slow", StringComparison.Ordinal)) < 40);
    }

    [Fact]
    public async Task Those_that_had_to_wait_for_their_turn_are_sent_when_it_comes()
    {
        await using var pool = await CallbackPool.StartAsync();
        pool.Receiver.Before = _ => Task.Delay(TimeSpan.FromMilliseconds(200));
        var callbacks = new List<Guid>();
        for (var n = 0; n < 20; n++) callbacks.Add(await pool.ArriveAsync($"rec-{n}"));

        foreach (var callback in callbacks) await pool.BecomesAsync(callback, "delivered");

        Assert.Equal(20, pool.Receiver.Calls.Select(c => c.Body).Distinct().Count());
        Assert.Equal(20, pool.Receiver.Calls.Count);
    }
}
