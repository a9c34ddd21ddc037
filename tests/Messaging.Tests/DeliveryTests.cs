using System.Collections.Concurrent;
using Npgsql;
using Scalelite.EventLog;

namespace Scalelite.Messaging.Tests;

public sealed class DeliveryTests : MessagingTest
{
    [Fact]
    public async Task Ten_thousand_scheduled_messages_are_handled_once_each_and_none_early()
    {
        await using var worker = await Worker.StartAsync(Database.Source);
        var start = DateTimeOffset.UtcNow.AddSeconds(2);
        var due = Enumerable.Range(0, 10_000).ToDictionary(i => $"{i}", i => start.AddMilliseconds(i % 3000));

        await Parallel.ForEachAsync(due, new ParallelOptions { MaxDegreeOfParallelism = 500 }, async (item, _) =>
            await worker.ScheduleAsync(new Note(item.Key), item.Value));
        await Eventually.HoldsAsync(async () => await Messages() == 0, seconds: 60);

        var notes = worker.Desk.Notes;
        Assert.Equal(10_000, notes.Count);
        Assert.Equal(10_000, notes.Select(note => note.Key).Distinct().Count());
        Assert.All(notes, note => Assert.True(note.At >= due[note.Key].AddMilliseconds(-1), $"{note.Key} was due at {due[note.Key]:O} and handled at {note.At:O}"));
    }

    [Fact]
    public async Task Deleting_all_messages_disturbs_nothing_that_is_sent_later()
    {
        await using var worker = await Worker.StartAsync(Database.Source, does: call => Append(call, "a"), settings: ("MaxInFlight", "4"));
        for (var round = 0; round < 5; round++)
        {
            await Task.WhenAll(Enumerable.Range(0, 200).Select(i => worker.PublishAsync(new Errand($"{round}-{i}"))));
            await Database.ExecuteAsync("delete from message");
        }

        await worker.PublishAsync(new Errand("last"));

        await Eventually.HoldsAsync(async () => await EventsOf("last") == 1);
        await Eventually.HoldsAsync(async () => await Messages() == 0);
        Assert.Equal(0, await worker.DeadLetters.CountAsync());
    }

    [Fact]
    public async Task What_a_handler_sends_is_stored_with_its_events_or_not_at_all()
    {
        await using var worker = await Worker.StartAsync(
            Database.Source,
            does: async call =>
            {
                await call.Bus.PublishAsync(new Note("bus"));
                call.Session.Events.StartStream(call.Errand.Key, new ErrandRun(call.Errand.Key, "a"));
                if (call.Errand.Key == "refused") call.Session.QueueSqlCommand("select 1 / 0");
                return [new Note("returned")];
            },
            settings: QuickRetries);

        await worker.PublishAsync(new Errand("refused"));
        await Eventually.HoldsAsync(async () => await worker.DeadLetters.CountAsync() == 1);
        Assert.Equal(0, await Messages());
        Assert.Empty(worker.Desk.Notes);

        await worker.PublishAsync(new Errand("fine"));
        await Eventually.HoldsAsync(() => worker.Desk.NotesOf("bus") == 1 && worker.Desk.NotesOf("returned") == 1);
        Assert.Equal(0, await EventsOf("refused"));
    }

    [Fact]
    public async Task Events_and_messages_bear_what_caused_them()
    {
        await using var worker = await Worker.StartAsync(
            Database.Source,
            does: async call =>
            {
                await Append(call, "a");
                if (call.Errand.Key == "first") await call.Bus.PublishAsync(new Errand("second"));
                return Nothing;
            });

        await worker.PublishAsync(new Errand("first"));
        await Eventually.HoldsAsync(async () => await EventsOf("second") == 1);

        var rows = await Database.RowsAsync("select correlation_id, causation_id, headers->>'actor' from mt_events order by seq_id");
        Assert.NotNull(rows[0][0]);
        Assert.Equal(rows[0][0], rows[1][0]);
        Assert.True(Guid.TryParse((string?)rows[0][1], out _));
        Assert.NotEqual(rows[0][1], rows[1][1]);
        Assert.All(rows, row => Assert.Equal("worker", row[2]));
    }

    [Fact]
    public async Task Handlers_that_wait_hold_no_connection()
    {
        var connections = new NpgsqlConnectionStringBuilder(Database.ConnectionString) { MaxPoolSize = 4, Timeout = 5 };
        await using var few = NpgsqlDataSource.Create(connections);
        var all = new TaskCompletionSource();
        await using var worker = await Worker.StartAsync(
            few,
            does: async call =>
            {
                await call.Session.Events.FetchStreamAsync(call.Errand.Key, token: call.Cancellation);
                await all.Task;
                return await Append(call, "a");
            });

        await Task.WhenAll(Enumerable.Range(0, 100).Select(i => worker.PublishAsync(new Errand($"k{i}"))));
        await Eventually.HoldsAsync(() => worker.Desk.Runs == 100);
        all.SetResult();

        await Eventually.HoldsAsync(async () => await Messages() == 0);
        Assert.Equal(100, await Database.ScalarAsync<long>("select count(*) from mt_events"));
    }

    [Fact]
    public async Task A_message_that_cannot_be_stored_fails_its_sender_alone()
    {
        await using var sender = await Worker.StartAsync(Database.Source, handles: false);

        var sent = Enumerable.Range(0, 300).Select(i => sender.PublishAsync(new Note(i % 100 == 50 ? "nul\0" : "fine"))).ToList();
        await Task.WhenAll(sent).ContinueWith(_ => { }, TaskScheduler.Default);

        Assert.Equal(3, sent.Count(task => task.IsFaulted));
        Assert.Equal(297, await Messages());
    }

    [Fact]
    public async Task An_error_of_any_text_is_kept_with_the_dead_letter()
    {
        await using var worker = await Worker.StartAsync(
            Database.Source, does: _ => throw new InvalidOperationException("a\0b \ud83d " + new string('x', 20_000)), settings: QuickRetries);

        await worker.PublishAsync(new Errand("k"));

        await Eventually.HoldsAsync(async () => await worker.DeadLetters.CountAsync() == 1);
        Assert.Contains("ab \ufffd xxx", Assert.Single(await worker.DeadLetters.ListAsync()).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task No_more_handlers_run_at_once_than_the_setting_says()
    {
        int running = 0, most = 0;
        await using var worker = await Worker.StartAsync(
            Database.Source,
            does: async call =>
            {
                var now = Interlocked.Increment(ref running);
                InterlockedMax(ref most, now);
                await Task.Delay(20, call.Cancellation);
                Interlocked.Decrement(ref running);
                return Nothing;
            },
            settings: ("MaxInFlight", "7"));

        await Task.WhenAll(Enumerable.Range(0, 60).Select(i => worker.PublishAsync(new Errand($"k{i}"))));

        await Eventually.HoldsAsync(async () => await Messages() == 0);
        Assert.Equal(7, most);
    }

    [Fact]
    public async Task A_restart_of_the_database_costs_no_message_an_attempt()
    {
        await using var cluster = await PrivateCluster.StartAsync(
            PrivateCluster.TemporaryFolder(), new PrivateClusterOptions { Temporary = true, Durable = false });
        await using var database = NpgsqlDataSource.Create(cluster.ConnectionString);
        var handled = new ConcurrentDictionary<string, bool>();
        await using var worker = await Worker.StartAsync(
            database,
            does: async call =>
            {
                await Task.Delay(200, call.Cancellation);
                handled[call.Errand.Key] = true;
                return await Append(call, "a");
            },
            settings: [.. QuickRetries, ShortLease, ("HeartbeatInterval", "00:00:00.3"), ("MaxInFlight", "20")]);
        await Task.WhenAll(Enumerable.Range(0, 100).Select(i => worker.PublishAsync(new Errand($"k{i}"))));

        await Eventually.HoldsAsync(() => worker.Desk.Runs > 20);
        await cluster.RestartAsync();

        await using var left = database.CreateCommand("select count(*) from message");
        await Eventually.HoldsAsync(async () => (long)(await left.ExecuteScalarAsync())! == 0, seconds: 40);
        await using var events = database.CreateCommand("select count(distinct stream_id) = 100 and count(*) = 100 from mt_events");
        Assert.True((bool)(await events.ExecuteScalarAsync())!);
        Assert.Equal(0, await worker.DeadLetters.CountAsync());
    }

    [Fact]
    public async Task The_tables_are_made_by_instances_that_start_together_and_a_later_start_waits_for_no_writer()
    {
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => MessageTables.CreateAsync(Database.Source)));

        await using var writer = await Database.Source.OpenConnectionAsync();
        await using var open = await writer.BeginTransactionAsync();
        await using var write = new NpgsqlCommand("insert into message (id, type, body, due_at) values (gen_random_uuid(), 'T', '{}', now())", writer);
        await write.ExecuteNonQueryAsync();
        await MessageTables.CreateAsync(Database.Source).WaitAsync(TimeSpan.FromSeconds(10));
    }

    [Fact]
    public async Task Claiming_reads_an_index_in_the_order_that_messages_are_due()
    {
        await using var sender = await Worker.StartAsync(Database.Source, handles: false);
        await Database.ExecuteAsync(
            "insert into message (id, type, body, due_at) select gen_random_uuid(), 'T', '{}', now() + n * interval '1 s' from generate_series(-50, 50000) n");
        await Database.ExecuteAsync("analyze message");

        var plan = await Database.RowsAsync(
            """
            explain select id from message where due_at <= now() and (leased_until is null or leased_until <= now())
            order by due_at limit 100 for update skip locked
            """);

        Assert.Contains(plan, line => ((string)line[0]!).Contains("Index Scan using message_due", StringComparison.Ordinal));
    }

    private static void InterlockedMax(ref int most, int now)
    {
        int seen;
        do seen = Volatile.Read(ref most);
        while (now > seen && Interlocked.CompareExchange(ref most, now, seen) != seen);
    }
}
