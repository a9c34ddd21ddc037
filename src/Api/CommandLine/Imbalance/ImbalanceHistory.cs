using Npgsql;
using Scalelite.Domain;
using Scalelite.Domain.Imbalance;
using Scalelite.EventLog;

namespace Scalelite.Api.CommandLine.Imbalance;

/// <summary>
/// Measures a part of the history: the states of servers from their streams, their loads from <c>server_minute</c>, the placements from
/// <c>placement</c>. These hold the same whether the polls of a day are still in the log or rolled up, so the answer is the same before and after; and
/// a day is read in rows of a minute, not in events of every poll.
/// </summary>
internal sealed class ImbalanceHistory(NpgsqlDataSource database, Func<EventRow, IEvent> read)
{
    private const int MinutesAtOnce = 30;

    // All ids that were ever polled, each by one look into the primary key.
    private const string PolledServersSql =
        """
        with recursive polled as (
            (select server_id from server_minute order by server_id limit 1)
            union all
            select (select server_id from server_minute where server_id > polled.server_id order by server_id limit 1) from polled where polled.server_id is not null)
        select server_id from polled where server_id is not null union select id from server
        """;

    // By when it happened, as the placements are; all events of these streams say that.
    private const string ServerEventsSql =
        """
        select seq_id, id, stream_id, version, type, data::text, (data->>'At')::timestamptz from mt_events
        where stream_id = any($1) and (data->>'At')::timestamptz < $2 and is_archived is not true
        order by (data->>'At')::timestamptz, seq_id
        """;

    // Minutes one by one, so that those between are not read where only every fifth is wanted.
    internal const string MinutesSql =
        """
        select minute, server_id, coalesce(load, users)::double precision from server_minute
        where minute = any($1) and polls > failed
        order by minute
        """;

    // A meeting that moved back to where its people are was given to nobody: it has no candidates.
    internal const string PlacementsSql =
        """
        select placed_at, server_id, poll_age_seconds, candidates, tag from placement
        where placed_at >= $1 and placed_at < $2 and candidates is not null
        order by placed_at, instance
        """;

    /// <summary>Reads and measures.</summary>
    /// <param name="minimumUsers">LOAD_MIN_USER_COUNT.</param>
    public async Task<MeasuredHistory> MeasureAsync(ImbalanceQuestion question, int minimumUsers, CancellationToken cancellation)
    {
        var range = question.Range;
        var meter = new ImbalanceMeter(new ImbalanceOptions(range, minimumUsers, question.Moments, question.Grid));
        var pool = new PoolWatch(question.Tag);
        await using var events = ServerEventsAsync(await PolledServersAsync(cancellation), range.To, cancellation).GetAsyncEnumerator(cancellation);
        var more = await events.MoveNextAsync();

        // Loads are known by the minute, at the coarsest every few; those just before the range hold in it.
        var step = range.SampleEvery < TimeSpan.FromMinutes(1) ? TimeSpan.FromMinutes(1) : range.SampleEvery;
        var began = Floor(range.From, step) - step;
        for (var from = began; from < range.To; from += step * MinutesAtOnce)
        {
            var to = from + (step * MinutesAtOnce) < range.To ? from + (step * MinutesAtOnce) : range.To;
            var (minutes, placements) = await ReadAsync(from, to, step, from < range.From ? range.From : from, cancellation);
            var (polled, placed) = (0, 0);
            for (var minute = from; minute < to; minute += step)
            {
                await UntilAsync(minute, inclusive: true);
                for (; polled < minutes.Count && minutes[polled].At == minute; polled++) pool.Polled(minutes[polled].ServerId, minute, minutes[polled].Load);
                meter.Sample(minute, pool.Samples(minute));
                for (; placed < placements.Count && placements[placed].At < minute + step; placed++)
                {
                    await UntilAsync(placements[placed].At, inclusive: false);
                    if (pool.IsAskedFor(placements[placed].ServerId)) meter.Placed(placements[placed]);
                }
            }
        }

        await UntilAsync(range.To, inclusive: false);
        var report = meter.Report();
        return new MeasuredHistory(question, report, pool.Hosts(), await LargestMeetings.OfAsync(database, report.Moments, cancellation));

        async Task UntilAsync(DateTimeOffset at, bool inclusive)
        {
            for (; more && (events.Current.Timestamp < at || (inclusive && events.Current.Timestamp == at)); more = await events.MoveNextAsync())
            {
                var serverId = events.Current.StreamKey![Streams.Server("").Length..];
                var happened = events.Current.Timestamp;
                if (pool.Apply(events.Current.Data, serverId, happened, out var loadsDiffer) is { } change) meter.Changed(change);
                if (loadsDiffer && happened >= began) meter.Sample(happened, pool.Samples(happened));
            }
        }
    }

    private static DateTimeOffset Floor(DateTimeOffset at, TimeSpan step) => new(at.UtcTicks - (at.UtcTicks % step.Ticks), TimeSpan.Zero);

    private async Task<string[]> PolledServersAsync(CancellationToken cancellation)
    {
        await using var command = database.CreateCommand(PolledServersSql);
        await using var row = await command.ExecuteReaderAsync(cancellation);
        var ids = new List<string>();
        while (await row.ReadAsync(cancellation)) ids.Add(row.GetString(0));
        return [.. ids];
    }

    private async IAsyncEnumerable<IEvent> ServerEventsAsync(
        string[] servers, DateTimeOffset to, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation)
    {
        await using var command = database.CreateCommand(ServerEventsSql);
        command.Parameters.AddWithValue(Array.ConvertAll(servers, Streams.Server));
        command.Parameters.AddWithValue(to.ToUniversalTime());
        await using var row = await command.ExecuteReaderAsync(cancellation);
        while (await row.ReadAsync(cancellation))
        {
            yield return read(new EventRow(
                row.GetInt64(0), row.GetGuid(1), row.GetString(2), row.GetInt64(3), row.GetString(4), row.GetString(5),
                row.GetFieldValue<DateTimeOffset>(6), null, null, null));
        }
    }

    private async Task<(List<PolledMinute> Minutes, List<MeteredPlacement> Placements)> ReadAsync(
        DateTimeOffset from, DateTimeOffset to, TimeSpan step, DateTimeOffset placedFrom, CancellationToken cancellation)
    {
        DateTime[] wanted = [.. Enumerable.Range(0, (int)Math.Ceiling((to - from) / step)).Select(i => (from + (step * i)).UtcDateTime)];
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var batch = new NpgsqlBatch(connection)
        {
            BatchCommands =
            {
                new(MinutesSql) { Parameters = { new() { Value = wanted } } },
                new(PlacementsSql) { Parameters = { new() { Value = placedFrom.ToUniversalTime() }, new() { Value = to.ToUniversalTime() } } },
            },
        };
        await using var row = await batch.ExecuteReaderAsync(cancellation);
        var minutes = new List<PolledMinute>();
        while (await row.ReadAsync(cancellation)) minutes.Add(new(row.GetFieldValue<DateTimeOffset>(0), row.GetString(1), row.GetDouble(2)));
        await row.NextResultAsync(cancellation);
        var placements = new List<MeteredPlacement>();
        while (await row.ReadAsync(cancellation))
        {
            placements.Add(new(
                row.GetFieldValue<DateTimeOffset>(0),
                row.GetString(1),
                row.IsDBNull(2) ? null : TimeSpan.FromSeconds(row.GetDouble(2)),
                row.GetInt32(3),
                row.IsDBNull(4) ? null : row.GetString(4)));
        }

        return (minutes, placements);
    }

    private readonly record struct PolledMinute(DateTimeOffset At, string ServerId, double Load);
}
