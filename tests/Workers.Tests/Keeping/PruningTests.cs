using Npgsql;
using Scalelite.Domain;
using Scalelite.Domain.Keeping;
using Scalelite.Domain.Meetings;
using Scalelite.Domain.Servers;
using Scalelite.EventLog;
using Scalelite.EventLog.Sealing;
using Scalelite.Projections;
using Scalelite.Testing;
using Scalelite.Workers.Keeping;
using Xunit;

namespace Scalelite.Workers.Tests.Keeping;

public sealed class PruningTests : IAsyncLifetime
{
    private static readonly DateTimeOffset Today = DateTimeOffset.UtcNow.AddMinutes(-10);

    private KeptLog _log = null!;

    public async Task InitializeAsync() => _log = await KeptLog.OpenAsync();

    public async Task DisposeAsync() => await _log.DisposeAsync();

    [Fact]
    public async Task A_past_day_of_a_server_is_rolled_up_and_all_read_models_are_rebuilt_to_the_same_rows_without_it()
    {
        await _log.RegisterAsync("a");
        await _log.PollAsync("a", KeptLog.LongAgo, 1, 7, KeptLog.Seen("int-1", 4), KeptLog.Seen("int-2", 9));
        await _log.FailAsync("a", KeptLog.LongAgo.AddSeconds(125), 8);
        await _log.PollAsync("a", Today, 100, 8, KeptLog.Seen("int-3", 2));
        await _log.SealAsync();
        var stream = Streams.Polls("a", KeptLog.LongAgo);
        var root = await RootAsync(stream);
        var minutes = await _log.RowsAsync(ReadModels.All.Single(model => model.Name == "server_minutes"));

        var outcome = Assert.IsType<PruneOutcome.Pruned>(Assert.Single(await _log.PruneAllAsync()).Value);

        Assert.Equal((0, 0), (await _log.CountAsync(stream), await _log.Database.ScalarAsync<long>("select count(*) from mt_streams where id = $1", stream)));
        var told = Assert.Single(await _log.EventsAsync<StreamPruned>(Streams.Log));
        Assert.Equal((stream, 8, root.FirstNumber, root.LastNumber, root.Root), (told.Stream, told.Events, told.FirstNumber, told.LastNumber, told.RootHash));
        var day = Assert.Single(await _log.EventsAsync<ServerDayRolledUp>(Streams.ServerDays("a")));
        Assert.Equal(
            [new ServerMinute(720, 3, 0, 30, 2, 17, 4), new ServerMinute(721, 3, 0, 60, 2, 23, 4), new ServerMinute(722, 2, 1, 70, 2, 25, 4)], day.Minutes);
        Assert.Equal(((ServerDayRolledUp)outcome.RolledUp).Minutes, day.Minutes);
        Assert.Equal(minutes, await _log.RowsAsync(ReadModels.All.Single(model => model.Name == "server_minutes")));
        await _log.AssertReadModelsHoldAsync([.. ReadModels.All.Select(model => model.Name)]);
        await _log.Database.ExecuteAsync("truncate server_minute");
        Assert.Equal(minutes.Count, await _log.Rebuild.RebuildAsync(ReadModels.All.Single(model => model.Name == "server_minutes")));
        Assert.Equal(minutes, await _log.RowsAsync(ReadModels.All.Single(model => model.Name == "server_minutes")));
        await _log.SealAsync();
        Assert.Empty(await _log.WrongAsync());
        Assert.Empty(await _log.PruneAllAsync());
    }

    [Fact]
    public async Task Joins_of_a_past_hour_are_rolled_up_and_their_minutes_stay_the_same()
    {
        await _log.RegisterAsync("a");
        var over = await _log.MeetingAsync("a", ended: true);
        var (one, other) = (Guid.CreateVersion7(), Guid.CreateVersion7());
        foreach (var second in new[] { 1, 2, 70 })
        {
            await _log.JoinAsync(one, KeptLog.LongAgo.AddSeconds(second), (over, "a", 2));
            await _log.JoinAsync(other, KeptLog.LongAgo.AddSeconds(second), (over, "a", 5));
        }

        await _log.JoinAsync(one, Today, (over, "a", 1));
        await _log.SealAsync();
        var minutes = await _log.RowsAsync(ReadModels.All.Single(model => model.Name == "join_minutes"));
        Assert.Equal(5, minutes.Count);

        Assert.Equal(2, (await _log.PruneAllAsync()).Count(outcome => outcome.Value is PruneOutcome.Pruned { Told.Events: 3 }));

        Assert.Equal(2, (await _log.EventsAsync<JoinsRolledUp>(Streams.JoinDays(KeptLog.LongAgo))).Length);
        Assert.Equal(0, await _log.CountAsync(Streams.Joins(one, KeptLog.LongAgo)));
        Assert.Equal(1, await _log.CountAsync(Streams.Joins(one, Today)));
        await _log.AssertReadModelsHoldAsync("join_minutes", "joins");
        Assert.Equal(minutes, await _log.RowsAsync(ReadModels.All.Single(model => model.Name == "join_minutes")));
        await _log.SealAsync();
        Assert.Empty(await _log.WrongAsync());
    }

    [Fact]
    public async Task What_rows_of_the_present_are_made_of_stays_however_old_it_is()
    {
        foreach (var server in new[] { "dead", "long", "gone" }) await _log.RegisterAsync(server);

        // Dead for weeks: its last answer, and its last polls, are what is shown of it. What lies between goes.
        await _log.PollAsync("dead", KeptLog.LongAgo, 1, 8, KeptLog.Seen("int-1", 4));
        for (var i = 0; i < 8; i++) await _log.FailAsync("dead", KeptLog.LongAgo.AddDays(1).AddSeconds(i), 9 + i);
        for (var i = 0; i < 8; i++) await _log.FailAsync("dead", KeptLog.LongAgo.AddDays(2).AddSeconds(i), 20 + i);

        // A meeting that goes on since: its size over time, and who was sent to it.
        var live = await _log.MeetingAsync("long", ended: false);
        await _log.PollAsync("long", KeptLog.LongAgo, 1, 8, KeptLog.Seen("int-long", 4, live));
        await _log.PollAsync("long", KeptLog.LongAgo.AddDays(1), 100, 8, KeptLog.Seen("int-long", 4, live));
        await _log.PollAsync("long", Today, 200, 8, KeptLog.Seen("int-long", 4, live));
        await _log.JoinAsync(Guid.CreateVersion7(), KeptLog.LongAgo, (live, "long", 1));

        // Of a server that was removed nothing is shown.
        await _log.PollAsync("gone", KeptLog.LongAgo, 1, 3, KeptLog.Seen("int-2", 4));
        await _log.Pool.AppendAsync(Streams.Server("gone"), new ServerRemoved("gone", KeptLog.LongAgo.AddHours(2)));
        await _log.SealAsync();

        var outcomes = await _log.PruneAllAsync();

        Assert.Equal(
            [Streams.Polls("dead", KeptLog.LongAgo.AddDays(1)), Streams.Polls("gone", KeptLog.LongAgo)],
            outcomes.Where(outcome => outcome.Value is PruneOutcome.Pruned).Select(outcome => outcome.Key).Order(StringComparer.Ordinal));
        Assert.Equal(5, outcomes.Values.OfType<PruneOutcome.Kept>().Count());
        await _log.AssertReadModelsHoldAsync("polls", "joins");

        // When the meeting is over and an hour has passed, they go too.
        await _log.Pool.AppendAsync(Streams.Meeting(live), new MeetingEnded(live, "long", EndLearned.Polls, Today, 3, 1.5, [], Today));
        await _log.PollAsync("long", DateTimeOffset.UtcNow.AddHours(1), 300, 8);
        await _log.SealAsync();
        Assert.Equal(3, (await _log.PruneAllAsync()).Values.OfType<PruneOutcome.Pruned>().Count());
        await _log.AssertReadModelsHoldAsync("polls", "joins");
    }

    [Fact]
    public async Task What_is_not_sealed_or_not_old_enough_or_no_poll_stays()
    {
        await _log.PollAsync("a", KeptLog.LongAgo, 1, 2);
        Assert.Equal("it is not sealed yet", Assert.IsType<PruneOutcome.Kept>(Assert.Single(await _log.PruneAllAsync()).Value).Why);

        await _log.Pool.AppendAsync(Streams.Polls("a", KeptLog.LongAgo), new ServerEnabled("a", Today));
        await _log.PollAsync("b", DateTimeOffset.UtcNow.AddDays(-29), 1, 2);
        await _log.SealAsync();
        Assert.Contains("is no poll", Assert.IsType<PruneOutcome.Kept>(Assert.Single(await _log.PruneAllAsync()).Value).Why, StringComparison.Ordinal);
        Assert.Equal(5, await _log.Database.ScalarAsync<long>("select count(*) from mt_events"));

        await using var never = await KeptLog.OpenAsync(keeping => keeping with { Polls = null });
        await never.PollAsync("a", KeptLog.LongAgo, 1, 2);
        await never.SealAsync();
        Assert.Empty(await never.PruneAllAsync());
    }

    [Fact]
    public async Task A_dry_run_says_what_would_be_and_changes_nothing()
    {
        await _log.PollAsync("a", KeptLog.LongAgo, 1, 2);
        await _log.SealAsync();
        Assert.IsType<PruneOutcome.Pruned>(Assert.Single(await _log.PruneAllAsync(dryRun: true)).Value);
        Assert.Equal(2, await _log.Database.ScalarAsync<long>("select count(*) from mt_events"));
    }

    [Fact]
    public async Task A_worker_that_is_killed_has_done_nothing()
    {
        await _log.PollAsync("a", KeptLog.LongAgo, 1, 5);
        await _log.Pool.AppendAsync(Streams.Log, new StreamPruned("callback-x", 1, 1, 1, "", Today));
        await _log.SealAsync();
        var stream = PastStream.Read(Streams.Polls("a", KeptLog.LongAgo))!;

        // Its very last step waits for this; by then the stream is deleted in its transaction.
        await using var other = await _log.Database.Source.OpenConnectionAsync();
        await using (var hold = await other.BeginTransactionAsync())
        {
            await using (var take = new NpgsqlCommand("select from mt_streams where id = 'log' for update", other)) await take.ExecuteNonQueryAsync();
            var killed = _log.Pruner.PruneAsync(stream, KeptLog.By, dryRun: false, default);
            await Eventually.HoldsAsync(
                "the pruner was killed while it waited", () => _log.Database.ScalarAsync<bool>(
                    """
                    select coalesce(bool_or(pg_terminate_backend(pid)), false) from pg_stat_activity
                    where datname = current_database() and wait_event_type = 'Lock' and query ilike '%mt_streams%'
                    """));
            await Assert.ThrowsAnyAsync<Exception>(() => killed);
        }

        Assert.Equal((5, 1, 0), (await _log.CountAsync(stream.Stream), await _log.CountAsync(Streams.Log), await _log.CountAsync(Streams.ServerDays("a"))));
        Assert.IsType<PruneOutcome.Pruned>(await _log.Pruner.PruneAsync(stream, KeptLog.By, dryRun: false, default));
    }

    [Fact]
    public async Task Several_workers_prune_each_stream_once_while_others_append()
    {
        for (var server = 0; server < 6; server++) await _log.PollAsync($"s{server}", KeptLog.LongAgo, 1, 3);
        await _log.SealAsync();
        using var done = new CancellationTokenSource();
        var appends = Task.Run(async () =>
        {
            for (; !done.IsCancellationRequested; await Task.Yield())
                await _log.Pool.AppendAsync(Streams.Log, new StreamPruned("callback-x", 1, 1, 1, "", Today));
        });

        await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => Task.Run(() => Eventually.HoldsAsync("all is pruned", async () => (await _log.PruneAllAsync()).Count == 0))));
        await done.CancelAsync();
        await appends;

        Assert.Equal(
            Enumerable.Range(0, 6).Select(server => Streams.Polls($"s{server}", KeptLog.LongAgo)),
            (await _log.EventsAsync<StreamPruned>(Streams.Log)).Select(told => told.Stream).Where(stream => stream.StartsWith("polls", StringComparison.Ordinal)).Order(StringComparer.Ordinal));
        Assert.Equal(6, await _log.Database.ScalarAsync<long>("select count(*) from mt_events where type = 'server_day_rolled_up'"));
        await _log.AssertReadModelsHoldAsync("server_minutes");
    }

    [Fact]
    public async Task Nothing_is_pruned_while_a_read_model_is_rebuilt()
    {
        await _log.PollAsync("a", KeptLog.LongAgo, 1, 3);
        await _log.SealAsync();
        await using var connection = await _log.Database.Source.OpenConnectionAsync();
        await using (await connection.BeginTransactionAsync())
        {
            await LogRewriting.KeepOutAsync(connection);
            Assert.IsType<PruneOutcome.Busy>(Assert.Single(await _log.PruneAllAsync()).Value);
        }

        Assert.IsType<PruneOutcome.Pruned>(Assert.Single(await _log.PruneAllAsync()).Value);
    }

    private async Task<StreamRoot> RootAsync(string stream)
    {
        await using var connection = await _log.Database.Source.OpenConnectionAsync();
        return (await EventLeaves.RootOfStreamAsync(connection, stream))!;
    }
}
