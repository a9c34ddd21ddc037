using Scalelite.Testing;
using Xunit;

namespace Scalelite.EventLog.Tests;

public sealed class EventLogReaderTests : IAsyncLifetime
{
    private TestDatabase _database = null!;
    private EventLogReader _reader = null!;

    public async Task InitializeAsync()
    {
        _database = await TestDatabase.CreateAsync();
        using var host = await TestHost.CreateAsync(_database.Source, [], []);
        _reader = new EventLogReader(_database.Source);
    }

    public async Task DisposeAsync() => await _database.DisposeAsync();

    [Fact]
    public async Task The_log_is_read_in_order_of_number_without_tombstones_and_archived_streams()
    {
        var first = await LogRows.WriteAsync(_database.Source, "b");
        await LogRows.WriteAsync(_database.Source, "mt_tombstone");
        await LogRows.WriteAsync(_database.Source, "old", archived: true);
        var last = await LogRows.WriteAsync(_database.Source, "a");

        var rows = await _reader.ReadAsync(0, long.MaxValue).ListAsync();
        Assert.Equal([first, last], rows.Select(row => row.Sequence));
        Assert.Equal(("b", 1L, "thing_seen", """{"N": 1}""", """{"actor": "me"}"""), (rows[0].Stream, rows[0].Version, rows[0].Type, rows[0].Data, rows[0].Headers));
        Assert.Null(rows[0].CorrelationId);
        Assert.Equal([last], (await _reader.ReadAsync(first, last).ListAsync()).Select(row => row.Sequence));
        Assert.Empty(await _reader.ReadAsync(last, last).ListAsync());
    }

    [Fact]
    public async Task A_log_longer_than_a_batch_is_read_whole()
    {
        await ManyAsync(2500);
        Assert.Equal(Enumerable.Range(1, 2500).Select(n => (long)n), (await _reader.ReadAsync(0, 9999).ListAsync()).Select(row => row.Sequence));
        Assert.Equal(Enumerable.Range(8, 2493).Select(n => (long)n), (await _reader.ReadStreamAsync("many", 7).ListAsync()).Select(row => row.Version));
        Assert.Empty(await _reader.ReadStreamAsync("none").ListAsync());
    }

    [Fact]
    public async Task A_time_means_the_last_number_that_is_not_later()
    {
        await ManyAsync(2500);
        var start = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
        Assert.Equal(0, await _reader.NumberAtAsync(start, 2500));
        Assert.Equal(1, await _reader.NumberAtAsync(start.AddMinutes(1), 2500));
        Assert.Equal(1234, await _reader.NumberAtAsync(start.AddMinutes(1234.5), 2500));
        Assert.Equal(2500, await _reader.NumberAtAsync(start.AddDays(9), 2500));
        Assert.Equal(100, await _reader.NumberAtAsync(start.AddDays(9), 100));
    }

    [Fact]
    public async Task Writers_whose_clocks_differ_are_told_apart_by_number()
    {
        // The third's clock is five minutes behind: what it wrote after the others still counts at an earlier time.
        foreach (var minute in (int[])[1, 10, 5, 11]) await LogRows.WriteAsync(_database.Source, "s", $"'2026-01-01 00:{minute:00}Z'");
        var at = new DateTimeOffset(2026, 1, 1, 0, 6, 0, TimeSpan.Zero);
        Assert.Equal(3, await _reader.NumberAtAsync(at, 4));
        Assert.Equal(1, await _reader.NumberAtAsync(at, 2));
    }

    private Task ManyAsync(int events) => _database.ExecuteAsync(
        $$"""
        insert into mt_streams (id, version) values ('many', {{events}});
        insert into mt_events (seq_id, id, stream_id, version, data, type, timestamp, mt_dotnet_type)
        select n, gen_random_uuid(), 'many', n, '{}', 'thing_seen', '2026-01-01Z'::timestamptz + n * interval '1 minute', 'x' from generate_series(1, {{events}}) n;
        select setval('mt_events_sequence', {{events}});
        """);
}
