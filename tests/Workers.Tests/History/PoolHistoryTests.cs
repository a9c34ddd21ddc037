using Scalelite.Domain;
using Scalelite.Domain.History;
using Scalelite.Domain.Servers;
using Scalelite.Projections.Tests.Histories;
using Scalelite.Testing;
using Scalelite.Workers.History;
using Xunit;
using Xunit.Abstractions;

namespace Scalelite.Workers.Tests.History;

public sealed class PoolHistoryTests(ITestOutputHelper output) : IAsyncLifetime
{
    private const int Writers = 4;

    private RecordedPool _pool = null!;

    public async Task InitializeAsync() => _pool = await RecordedPool.CreateAsync();

    public async Task DisposeAsync() => await _pool.DisposeAsync();

    [Fact]
    public async Task Any_moment_is_what_the_read_models_were_then_however_many_wrote_and_whoever_made_checkpoints_and_was_killed()
    {
        var random = new Random(20260302);
        var choices = new byte[600];
        random.NextBytes(choices);
        var story = RandomStory.Of(1, choices);
        using var stop = new CancellationTokenSource();
        var checkpointing = MakeCheckpointsAsync(random.Next(), stop.Token);

        var recorded = new List<Recorded> { await _pool.RecordAsync() };
        for (var from = 0; from < story.Events.Count;)
        {
            var to = Math.Min(story.Events.Count, from + random.Next(1, 120));
            await WriteTogetherAsync(story, from, to);
            recorded.Add(await _pool.RecordAsync());
            from = to;
        }

        await Eventually.HoldsAsync(
            "the checkpoints reach the end of the log",
            async () => await _pool.Database.ScalarAsync<long>("select max(number) from pool_checkpoint") > await LastNumberAsync() - 40);
        await stop.CancelAsync();
        await checkpointing;
        await _pool.SettleAsync();

        var checkpoints = await _pool.Database.ScalarAsync<long>("select count(*) from pool_checkpoint");
        output.WriteLine($"{story.Events.Count} events, {recorded.Count} moments, {checkpoints} checkpoints");
        Assert.True(checkpoints >= story.Events.Count / 40);
        await SameAsync(recorded);

        await _pool.Database.ExecuteAsync("truncate pool_checkpoint");
        await SameAsync(recorded);
    }

    [Fact]
    public async Task An_event_that_is_committed_late_is_lost_by_no_checkpoint()
    {
        var checkpointing = _pool.Checkpointing(mostEvents: 1);
        await _pool.AppendAsync(Streams.Server("a"), Given.Registered("a"));
        await LookUntilAsync(checkpointing, 1);

        await using var connection = await _pool.Database.Source.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await using (var session = _pool.Store.LightweightSession(SessionOptions.ForTransaction(transaction)))
        {
            session.Events.Append(Streams.Server("late"), Given.Registered("late", 1));
            await session.SaveChangesAsync();
        }

        await _pool.AppendAsync(Streams.Server("b"), Given.Registered("b", 2));
        var until = DateTimeOffset.UtcNow.AddSeconds(2.5);
        while (DateTimeOffset.UtcNow < until)
        {
            await checkpointing.LookAsync(CancellationToken.None);
            await Task.Delay(20);
        }

        Assert.Equal(1, await _pool.Database.ScalarAsync<long>("select max(number) from pool_checkpoint"));
        await transaction.CommitAsync();
        await LookUntilAsync(checkpointing, 3);

        var moment = await _pool.History.AtAsync(DateTimeOffset.UtcNow, CancellationToken.None);
        Assert.Equal(["a", "b", "late"], moment.State.Servers.Keys.Order());
        Assert.Equal(3, moment.Number);
    }

    [Fact]
    public async Task Before_the_first_event_there_is_nothing()
    {
        var before = DateTimeOffset.UtcNow.AddMinutes(-1);
        await _pool.AppendAsync(Streams.Server("a"), Given.Registered("a"));
        await AssertEmptyAsync();
        await LookUntilAsync(_pool.Checkpointing(mostEvents: 1), 1);
        await AssertEmptyAsync();

        async Task AssertEmptyAsync()
        {
            var moment = await _pool.History.AtAsync(before, CancellationToken.None);
            Assert.Equal((0, (DateTimeOffset?)null), (moment.Number, moment.NumberAt));
            Assert.Empty(moment.State.Servers);
        }
    }

    [Fact]
    public async Task A_replay_begins_with_the_pool_as_it_was_and_goes_on_with_the_events_in_their_order()
    {
        await _pool.AppendAsync(Streams.Server("a"), Given.Registered("a"), new ServerEnabled("a", Given.At(1)));
        var from = DateTimeOffset.UtcNow;
        await _pool.AppendAsync(Streams.Server("b"), Given.Registered("b", 2), new ServerEndCallbacksPassed("b", Given.At(3)), new ServerEnabled("b", Given.At(4)));
        var to = DateTimeOffset.UtcNow;
        await _pool.AppendAsync(Streams.Server("c"), Given.Registered("c", 5));

        var replay = await _pool.History.ReplayAsync(from, to, CancellationToken.None);
        Assert.Equal(["a"], replay.Start.State.Servers.Keys);
        var events = new List<object>();
        await foreach (var e in replay.Events) events.Add(e.Data);
        Assert.Equal([Given.Registered("b", 2), new ServerEnabled("b", Given.At(4))], events);
        Assert.Equal(5, replay.UpTo);
    }

    [Fact]
    public async Task Checkpoints_of_another_version_of_the_program_are_not_seen()
    {
        await _pool.AppendAsync(Streams.Server("a"), Given.Registered("a"));
        await _pool.Database.ExecuteAsync(
            "insert into pool_checkpoint (format, number, first_at, last_at, events, kept_events, state) values (0, 1, now(), now(), 1, 1, 'old'), (99, 1, now(), now(), 1, 1, 'new')");
        var moment = await _pool.History.AtAsync(DateTimeOffset.UtcNow, CancellationToken.None);
        Assert.Equal(["a"], moment.State.Servers.Keys);
    }

    [Fact]
    public async Task Checkpoints_of_pruned_days_are_as_many_as_what_is_left_of_these_days_needs()
    {
        // A hundred of a thousand events each, of which ten are left; one a day, the last of them today.
        await _pool.Database.ExecuteAsync(
            """
            insert into pool_checkpoint (format, number, first_at, last_at, events, kept_events, state)
            select $1, n * 1000, now() - (100 - n) * interval '1 day' - interval '1 hour', now() - (100 - n) * interval '1 day', 1000, 10, '' from generate_series(1, 100) n
            """,
            PoolStateFormat.Version);
        var checkpointing = _pool.Checkpointing(mostEvents: 100);
        await checkpointing.TidyAsync(CancellationToken.None);
        var rows = await RowsAsync();

        Assert.Equal((100_000L, 1_000L), (rows.Sum(row => row.Events), rows.Sum(row => row.Kept)));
        var (old, young) = (rows.Where(row => row.Number < 68_000).ToList(), rows.Where(row => row.Number >= 68_000).ToList());
        Assert.Equal(33, young.Count);
        Assert.InRange(old.Count, 67 * 10 / 100, 67 * 10 / 50 + 1);
        Assert.All(old, row => Assert.InRange(row.Kept, 1, 100));
        Assert.Equal(old.Count, old.Select(row => row.FirstAt).Distinct().Count());

        await checkpointing.TidyAsync(CancellationToken.None);
        Assert.Equal(rows, await RowsAsync());

        async Task<List<(long Number, DateTime FirstAt, long Events, long Kept)>> RowsAsync() =>
            [.. (await _pool.Database.RowsAsync("select number, first_at, events, kept_events from pool_checkpoint order by number"))
                .Select(row => ((long)row[0]!, (DateTime)row[1]!, (long)row[2]!, (long)row[3]!))];
    }

    [Fact]
    public async Task Checkpoints_of_an_older_version_are_deleted_when_nobody_makes_them_any_more()
    {
        await _pool.Database.ExecuteAsync(
            """
            insert into pool_checkpoint (format, number, first_at, last_at, events, kept_events, state, made_at) values
                (0, 1, now(), now(), 1, 1, '', now() - interval '8 days'), (99, 1, now(), now(), 1, 1, '', now()), (99, 2, now(), now(), 1, 1, '', now() - interval '8 days')
            """);
        await _pool.Checkpointing(mostEvents: 100).TidyAsync(CancellationToken.None);
        Assert.Equal([99, 99], (await _pool.Database.RowsAsync("select format from pool_checkpoint")).Select(row => row[0]));
    }

    [Fact]
    public async Task One_process_at_a_time_makes_checkpoints()
    {
        await _pool.AppendAsync(Streams.Server("a"), Given.Registered("a"));
        var (one, other) = (_pool.Checkpointing(mostEvents: 1), _pool.Checkpointing(mostEvents: 1));
        await one.LookAsync(CancellationToken.None);
        var owner = await _pool.Database.ScalarAsync<Guid>("select owner from pool_checkpoint_turn");
        Assert.False(await other.LookAsync(CancellationToken.None));
        Assert.Equal(owner, await _pool.Database.ScalarAsync<Guid>("select owner from pool_checkpoint_turn"));

        await _pool.Database.ExecuteAsync("update pool_checkpoint_turn set leased_until = now() - interval '1 second'");
        await other.LookAsync(CancellationToken.None);
        Assert.NotEqual(owner, await _pool.Database.ScalarAsync<Guid>("select owner from pool_checkpoint_turn"));
    }

    private async Task SameAsync(List<Recorded> recorded)
    {
        foreach (var moment in recorded)
        {
            var folded = await _pool.FoldAsync(moment.At);
            Assert.Equal(moment.Servers, folded.Servers);
            Assert.Equal(moment.Meetings, folded.Meetings);
            Assert.Equal(moment.Copies, folded.Copies);
        }
    }

    /// <summary>Writes events of a story in several sessions at once, each as soon as those are there that its writer had read.</summary>
    private async Task WriteTogetherAsync(Story story, int from, int to)
    {
        var written = Enumerable.Range(0, to - from).Select(_ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).ToArray();
        var next = from - 1;
        await Task.WhenAll(Enumerable.Range(0, Writers).Select(_ => Task.Run(async () =>
        {
            while (Interlocked.Increment(ref next) is var number && number < to)
            {
                var told = story.Events[number];
                await Task.WhenAll(told.After.Where(cause => cause >= from).Select(cause => written[cause - from].Task)).WaitAsync(TimeSpan.FromSeconds(20));
                await _pool.AppendAsync(told.Stream, told.Event);
                written[number - from].SetResult();
            }
        })));
    }

    /// <summary>Makes checkpoints of few events each; now and then whoever does is gone, and another takes over.</summary>
    private async Task MakeCheckpointsAsync(int seed, CancellationToken stop)
    {
        var random = new Random(seed);
        var checkpointing = _pool.Checkpointing(mostEvents: 30);
        while (!stop.IsCancellationRequested)
        {
            if (random.Next(200) == 0)
            {
                using var killed = new CancellationTokenSource();
                var last = checkpointing.LookAsync(killed.Token);
                await killed.CancelAsync();
                try
                {
                    await last;
                }
                catch (OperationCanceledException)
                {
                    // It was, or it came to its end before.
                }

                checkpointing = _pool.Checkpointing(mostEvents: 30);
                await _pool.Database.ExecuteAsync("update pool_checkpoint_turn set leased_until = now() - interval '1 second'");
            }

            if (!await checkpointing.LookAsync(CancellationToken.None)) await Task.Delay(10, CancellationToken.None);
        }
    }

    private Task LookUntilAsync(PoolCheckpointing checkpointing, long number) => Eventually.HoldsAsync($"there is a checkpoint at {number}", async () =>
    {
        await checkpointing.LookAsync(CancellationToken.None);
        return await _pool.Database.ScalarAsync<long>("select max(number) from pool_checkpoint") >= number;
    });

    private async Task<long> LastNumberAsync() => await _pool.Database.ScalarAsync<long>("select max(seq_id) from mt_events");
}
