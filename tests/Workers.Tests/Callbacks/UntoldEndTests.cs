using Scalelite.Domain;
using Scalelite.Domain.Meetings;
using Scalelite.Domain.Servers;
using Scalelite.Testing;
using Scalelite.Workers.Callbacks;
using Scalelite.Workers.Tests.Pool;
using Xunit;

namespace Scalelite.Workers.Tests.Callbacks;

/// <summary>Clients hear of ends also where a node does not call; a node that never calls is not waited for.</summary>
public sealed class UntoldEndTests : IAsyncLifetime
{
    private CallbackPool pool = null!;

    public async Task InitializeAsync()
    {
        pool = await CallbackPool.StartAsync();
        var then = pool.Time.GetUtcNow().AddHours(-1);
        await pool.Pool.AppendAsync(
            Streams.Server("node"), new ServerRegistered("node", "https://node.test/bigbluebutton/api", "f", 1, null, then), new ServerEnabled("node", then));
    }

    public async Task DisposeAsync() => await pool.DisposeAsync();

    [Fact]
    public async Task A_client_is_told_a_minute_after_an_end_that_its_node_did_not_call_for()
    {
        var run = await EndedAsync("room", EndLearned.Polls);
        await Task.Delay(TimeSpan.FromSeconds(1.5));
        Assert.Empty(pool.Receiver.Calls);

        pool.Time.Advance(TimeSpan.FromSeconds(61));
        await ToldAsync(run);
        Assert.Equal("/ended?a=b&recordingmarks=false&meetingID=room", Assert.Single(pool.Receiver.Calls).Target);

        // A call that comes later is kept, and nobody is told again.
        await pool.Pool.InvokeAsync(new Scalelite.Workers.Callbacks.Ends.HearEnd(run, "node", true, pool.Time.GetUtcNow()));
        await pool.Pool.InvokeAsync(new Scalelite.Workers.Callbacks.Ends.TellEnd(run));
        Assert.Single(await pool.Pool.EventsAsync(Streams.Meeting(run)), e => e is MeetingEndTold);
        Assert.Single(pool.Receiver.Calls);
    }

    [Fact]
    public async Task A_call_before_the_end_is_learned_is_passed_on_with_its_marks_at_once()
    {
        var run = await EndedAsync("room", EndLearned.Polls, called: true);

        await ToldAsync(run);
        var call = Assert.Single(pool.Receiver.Calls);
        Assert.Equal(("GET", "/ended?a=b&recordingmarks=true&meetingID=room"), (call.Method, call.Target));
    }

    [Fact]
    public async Task Of_a_run_that_another_has_taken_the_place_of_and_of_one_whose_node_has_the_client_s_URL_nobody_is_told()
    {
        await EndedAsync("replaced", EndLearned.Replaced);
        await EndedAsync("anew", EndLearned.PlacedAnew);
        await EndedAsync("passed", EndLearned.Polls, relayed: false);
        var quiet = await EndedAsync("quiet", EndLearned.Polls, named: false);
        pool.Time.Advance(TimeSpan.FromMinutes(5));
        await EventAsync<MeetingEndTold>(Streams.Meeting(quiet));

        Assert.Equal(0, await pool.Pool.Database.ScalarAsync<long>("select count(*) from meeting_end"));
        Assert.Equal(0, await pool.Pool.Database.ScalarAsync<long>("select count(*) from callback_queue"));
    }

    [Fact]
    public async Task A_node_whose_meetings_end_twice_without_a_call_is_passed_the_clients_URLs_until_it_is_enabled()
    {
        var first = await EndedAsync("one", EndLearned.Polls, ago: 300);
        pool.Time.Advance(TimeSpan.FromSeconds(61));
        await EventAsync<MeetingEndTold>(Streams.Meeting(first));
        Assert.False(await PassesAsync());

        var second = await EndedAsync("two", EndLearned.EndCall, ago: 100);
        pool.Time.Advance(TimeSpan.FromSeconds(61));
        await EventAsync<MeetingEndTold>(Streams.Meeting(second));
        await Eventually.HoldsAsync("it is passed", PassesAsync);

        await pool.Pool.AppendAsync(Streams.Server("node"), new ServerCordoned("node", pool.Time.GetUtcNow()), new ServerEnabled("node", pool.Time.GetUtcNow()));
        Assert.False(await PassesAsync());
        await pool.Pool.InvokeAsync(new Scalelite.Workers.Callbacks.Ends.JudgeEndCallbacks("node"));
        Assert.False(await PassesAsync());
    }

    [Fact]
    public async Task Meetings_that_a_crash_took_at_once_and_those_before_a_call_do_not_count()
    {
        var at = pool.Time.GetUtcNow().AddSeconds(-200);
        List<Guid> runs = [await EndedAsync("before", EndLearned.Polls, ago: 500), await EndedAsync("called", EndLearned.Polls, called: true, ago: 400)];
        foreach (var id in new[] { "crash 1", "crash 2", "crash 3" }) runs.Add(await EndedAsync(id, EndLearned.Polls, endedAt: at));
        pool.Time.Advance(TimeSpan.FromSeconds(61));
        foreach (var run in runs) await EventAsync<MeetingEndTold>(Streams.Meeting(run));

        await pool.Pool.InvokeAsync(new Scalelite.Workers.Callbacks.Ends.JudgeEndCallbacks("node"));
        Assert.False(await PassesAsync());
    }

    private async Task<Guid> EndedAsync(
        string meetingId, EndLearned how, bool called = false, bool relayed = true, bool named = true, int ago = 0, DateTimeOffset? endedAt = null)
    {
        var instance = Guid.CreateVersion7();
        var now = pool.Time.GetUtcNow();
        var kept = new RunCallbacks(
            pool.Pool.Vault, named ? new Dictionary<string, string> { ["endcallbackurl"] = pool.Receiver.Url("/ended?a=b") } : [], CallbackPool.First);
        await using var session = pool.Pool.Store.LightweightSession();
        session.Events.StartStream(
            Streams.Meeting(instance),
            TestPool.Placed(instance, "node", meetingId, now) with { Callbacks = named ? kept.Fingerprints : null, EndRelayed = relayed },
            new MeetingStarted(instance, "node", $"int-{meetingId}", 1, null, false, null, 1, now));
        foreach (var store in kept.Store(instance)) session.QueueSqlCommand(store.Sql, store.Values);
        if (called) session.Events.Append(Streams.Meeting(instance), new MeetingEndCalled(instance, "node", true, now));
        session.Events.Append(Streams.Meeting(instance), new MeetingEnded(instance, "node", how, endedAt ?? now.AddSeconds(-ago), 1, 1, [1], now));
        await session.SaveChangesAsync();
        return instance;
    }

    private Task ToldAsync(Guid run) => Eventually.HoldsAsync("the client is told", async () =>
        await pool.Pool.Database.ScalarAsync<string>("select state from callback_queue where kind = 'MeetingEnded' and instance = $1", run) == "delivered");

    private Task EventAsync<T>(string stream) =>
        Eventually.HoldsAsync($"{typeof(T).Name} is there", async () => (await pool.Pool.EventsAsync(stream)).OfType<T>().Any());

    private async Task<bool> PassesAsync() =>
        await pool.Pool.Database.ScalarAsync<bool>("select end_relay_since is null from server where id = 'node'");
}
