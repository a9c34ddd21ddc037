using System.Runtime.CompilerServices;
using Npgsql;

namespace Scalelite.EventLog;

/// <summary>Reads the log in order of number, in short statements: no reader holds a transaction open. Archived streams and Marten's tombstones are left out.</summary>
public sealed class EventLogReader(NpgsqlDataSource database, TimeProvider? time = null)
{
    private const int Batch = 1000;
    internal const string Columns = "seq_id, id, stream_id, version, type, data::text, timestamp, correlation_id, causation_id, headers::text";
    private const string Shown = "is_archived is not true and stream_id <> 'mt_tombstone'";

    // No clock of a writer is expected to be further from the others' than this.
    private static readonly TimeSpan ClockSkew = TimeSpan.FromMinutes(15);

    private readonly TimeProvider _time = time ?? TimeProvider.System;

    /// <summary>The events after one number, up to and including another. <paramref name="upTo"/> must be safe: see <see cref="SafeHead"/>.</summary>
    public async IAsyncEnumerable<EventRow> ReadAsync(long after, long upTo, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        while (after < upTo)
        {
            var read = await ReadBatchAsync(after, upTo, cancellation);
            foreach (var row in read) yield return row;
            if (read.Count < Batch) yield break;
            after = read[^1].Sequence;
        }
    }

    /// <summary>The events of one stream in order of version; empty if there is no such stream.</summary>
    public async IAsyncEnumerable<EventRow> ReadStreamAsync(string stream, long afterVersion = 0, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        while (true)
        {
            await using var command = database.CreateCommand(
                $"select {Columns} from mt_events where stream_id = $1 and version > $2 and {Shown} order by version limit $3");
            command.Parameters.AddWithValue(stream);
            command.Parameters.AddWithValue(afterVersion);
            command.Parameters.AddWithValue(Batch);
            var read = await ReadAsync(command, cancellation);
            foreach (var row in read) yield return row;
            if (read.Count < Batch) yield break;
            afterVersion = read[^1].Version;
        }
    }

    /// <summary>The events after one number as they become safe, without an end: looks again every <paramref name="period"/>.</summary>
    public async IAsyncEnumerable<EventRow> FollowAsync(long after, TimeSpan period, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        var head = new SafeHead(database, _time);
        while (true)
        {
            var safe = await head.ObserveAsync(cancellation);
            await foreach (var row in ReadAsync(after, safe, cancellation)) yield return row;
            after = Math.Max(after, safe);
            await Task.Delay(period, _time, cancellation);
        }
    }

    /// <summary>The last safe number whose event's timestamp is not after <paramref name="at"/>: what <c>--at</c> means. 0 if there is none.</summary>
    /// <param name="safe">See <see cref="SafeHead.WaitAsync"/>.</param>
    public async Task<long> NumberAtAsync(DateTimeOffset at, long safe, CancellationToken cancellation = default)
    {
        // Walking back from the head would read all that came since, and no index of ours may stand on mt_events: so the walk begins where
        // the numbers, which rise with time but for the writers' clocks, have left the time behind.
        var (low, high) = (0L, safe);
        while (low < high)
        {
            var middle = low + ((high - low) / 2);
            if (await TimestampAfterAsync(middle, high, cancellation) is { } timestamp && timestamp <= at + ClockSkew) low = middle + 1;
            else high = middle;
        }

        await using var command = database.CreateCommand(
            "select seq_id from mt_events where seq_id <= $1 and timestamp <= $2 order by seq_id desc limit 1");
        command.Parameters.AddWithValue(low);
        command.Parameters.AddWithValue(at.ToUniversalTime());
        return await command.ExecuteScalarAsync(cancellation) is long number ? number : 0;
    }

    /// <summary>At most <paramref name="limit"/> events after one number, up to and including another, read on the caller's connection.</summary>
    public static async Task<IReadOnlyList<EventRow>> ReadBatchAsync(
        NpgsqlConnection connection, long after, long upTo, int limit, CancellationToken cancellation = default)
    {
        await using var command = new NpgsqlCommand(
            $"select {Columns} from mt_events where seq_id > $1 and seq_id <= $2 and {Shown} order by seq_id limit $3", connection);
        command.Parameters.AddWithValue(after);
        command.Parameters.AddWithValue(upTo);
        command.Parameters.AddWithValue(limit);
        return await ReadAsync(command, cancellation);
    }

    internal static async Task<List<EventRow>> ReadAsync(NpgsqlCommand command, CancellationToken cancellation)
    {
        await using var row = await command.ExecuteReaderAsync(cancellation);
        var read = new List<EventRow>();
        while (await row.ReadAsync(cancellation))
        {
            read.Add(new EventRow(
                row.GetInt64(0),
                row.GetGuid(1),
                row.GetString(2),
                row.GetInt64(3),
                row.GetString(4),
                row.GetString(5),
                row.GetFieldValue<DateTimeOffset>(6),
                row.IsDBNull(7) ? null : row.GetString(7),
                row.IsDBNull(8) ? null : row.GetString(8),
                row.IsDBNull(9) ? null : row.GetString(9)));
        }

        return read;
    }

    private async Task<IReadOnlyList<EventRow>> ReadBatchAsync(long after, long upTo, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        return await ReadBatchAsync(connection, after, upTo, Batch, cancellation);
    }

    private async Task<DateTimeOffset?> TimestampAfterAsync(long number, long upTo, CancellationToken cancellation)
    {
        await using var command = database.CreateCommand(
            "select timestamp from mt_events where seq_id > $1 and seq_id <= $2 order by seq_id limit 1");
        command.Parameters.AddWithValue(number);
        command.Parameters.AddWithValue(upTo);
        return await command.ExecuteScalarAsync(cancellation) is DateTime timestamp ? new DateTimeOffset(timestamp) : null;
    }
}
