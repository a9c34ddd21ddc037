using System.Diagnostics;
using Xunit;

namespace Scalelite.EventStore.Tests;

public sealed class AppendTests(StoreDatabase database) : IClassFixture<StoreDatabase>
{
    private readonly string _stream = StoreDatabase.NewStream();

    [Fact]
    public async Task Saving_is_one_batch()
    {
        var batches = 0;
        var stream = _stream;
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "Npgsql",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = activity => batches += activity.Tags.Any(t => t.Value?.Contains("-- one " + stream, StringComparison.Ordinal) == true) ? 1 : 0,
        };
        ActivitySource.AddActivityListener(listener);

        await database.SaveAsync(session =>
        {
            session.Events.StartStream(_stream, new Opened("a"));
            session.Events.Append(_stream + "-2", new Opened("b"), new Counted(1));
            session.QueueSqlCommand($"select 1 -- one {_stream}");
        });

        Assert.Equal(1, batches);
        Assert.Equal(3, await database.ScalarAsync<long>("select count(*) from seen where stream like $1", _stream + "%"));
    }

    [Fact]
    public async Task Events_come_before_queued_commands_and_these_before_the_projections()
    {
        await database.SaveAsync(session =>
        {
            session.QueueSqlCommand(
                "insert into seen (stream, version, sequence) select ?, (select count(*) from mt_events where stream_id = ?), (select count(*) from seen where stream = ?)",
                _stream + "-queued", _stream, _stream);
            session.Events.StartStream(_stream, new Opened("a"), new Counted(1));
        });

        var row = Assert.Single(await database.RowsAsync("select version, sequence from seen where stream = $1", _stream + "-queued"));
        Assert.Equal([2L, 0L], row);
        Assert.Equal(2, await database.ScalarAsync<long>("select count(*) from seen where stream = $1", _stream));
    }

    [Fact]
    public async Task A_projection_sees_the_version_where_it_is_known_and_never_the_sequence()
    {
        await database.SaveAsync(session => session.Events.StartStream(_stream, new Opened("a"), new Counted(1)));
        await database.SaveAsync(session => session.Events.Append(_stream, 4, new Counted(2), new Counted(3)));
        await database.SaveAsync(session => session.Events.Append(_stream, new Closed()));

        var seen = await database.RowsAsync("select version, sequence from seen where stream = $1 order by type = 'closed', version", _stream);
        Assert.Equal([[1L, 0L], [2L, 0L], [3L, 0L], [4L, 0L], [0L, 0L]], seen);
        Assert.Equal(5, await database.ScalarAsync<long>(
            "select count(*) from seen s join mt_events e on e.stream_id = s.stream and e.timestamp = s.at and e.type = s.type and e.version = coalesce(nullif(s.version, 0), 5) where s.stream = $1", _stream));
    }

    [Fact]
    public async Task A_session_appends_to_many_streams_and_to_one_several_times()
    {
        var others = Enumerable.Range(0, 30).Select(i => $"{_stream}-{i}").Reverse().ToArray();
        await database.SaveAsync(session =>
        {
            session.Events.StartStream(_stream, new Opened("a"));
            session.Events.Append(_stream, new Counted(1));
            session.Events.Append(_stream, 4, new Counted(2), new Counted(3));
            foreach (var other in others) session.Events.Append(other, new Opened(other), new Counted(1));
        });

        Assert.Equal([1L, 2L, 3L, 4L], (await database.EventsAsync(_stream)).Select(e => e.Version));
        Assert.Equal(others, (await database.RowsAsync("select stream_id from mt_events where stream_id like $1 and type = 'opened' order by seq_id", _stream + "-%"))
            .Select(r => r[0]));
        Assert.Equal(30, await database.ScalarAsync<long>("select count(*) from mt_streams where id like $1 and version = 2", _stream + "-%"));
    }

    [Fact]
    public async Task Ten_thousand_events_are_appended_at_once()
    {
        await database.SaveAsync(session => session.Events.Append(_stream, new Opened("a")));
        await database.SaveAsync(session => session.Events.Append(_stream, [.. Enumerable.Range(0, 10_000).Select(i => new Counted(i))]));

        var events = await database.EventsAsync(_stream);
        Assert.Equal(Enumerable.Range(1, 10_001).Select(v => (long)v), events.Select(e => e.Version));
        Assert.Equal(Enumerable.Range(0, 10_000).Select(i => (long)i), events.Skip(1).Select(e => ((Counted)e.Data).N));
        Assert.True(events.Zip(events.Skip(1)).All(pair => pair.First.Sequence < pair.Second.Sequence));
    }

    [Fact]
    public async Task Concurrent_writers_that_expect_nothing_all_succeed()
    {
        await Task.WhenAll(Enumerable.Range(0, 20).Select(async i =>
        {
            for (var n = 0; n < 10; n++)
                await database.SaveAsync(session => session.Events.Append(_stream, new Counted(i), new Counted(n)), n % 2 == 0 ? database.Store : database.Preparing);
        }));

        Assert.Equal(Enumerable.Range(1, 400).Select(v => (long)v), (await database.EventsAsync(_stream)).Select(e => e.Version));
        Assert.Equal(400, await database.ScalarAsync<long>("select version from mt_streams where id = $1", _stream));
    }

    [Fact]
    public async Task Sessions_that_append_to_the_same_streams_in_another_order_do_not_deadlock()
    {
        string[] streams = [_stream + "-a", _stream + "-b", _stream + "-c"];
        await Task.WhenAll(Enumerable.Range(0, 12).Select(async i =>
        {
            for (var n = 0; n < 20; n++)
            {
                await database.SaveAsync(session =>
                {
                    foreach (var stream in i % 2 == 0 ? streams : streams.Reverse()) session.Events.Append(stream, new Counted(n));
                });
            }
        }));

        Assert.Equal(3, await database.ScalarAsync<long>("select count(*) from mt_streams where id like $1 and version = 240", _stream + "%"));
    }

    [Fact]
    public async Task A_session_can_be_used_again_after_it_was_saved()
    {
        await using var session = database.Store.LightweightSession();
        session.Events.StartStream(_stream, new Opened("a"));
        await session.SaveChangesAsync();
        await session.SaveChangesAsync();
        session.Events.Append(_stream, 2, new Counted(1));
        session.CorrelationId = "second";
        await session.SaveChangesAsync();

        Assert.Equal([null, "second"], (await session.Events.FetchStreamAsync(_stream)).Select(e => e.CorrelationId));
    }

    [Fact]
    public async Task The_clock_gives_the_time_in_the_microseconds_that_the_database_keeps()
    {
        var at = new DateTimeOffset(2026, 11, 20, 8, 0, 0, TimeSpan.Zero).AddTicks(1234567);
        var store = new DocumentStore(database.Source, [], [], new StoppedClock(at));
        await database.SaveAsync(session => session.Events.StartStream(_stream, new Opened("a")), store);

        Assert.Equal(at.AddTicks(-7), Assert.Single(await database.EventsAsync(_stream)).Timestamp);
    }

    private sealed class StoppedClock(DateTimeOffset at) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => at;
    }
}
