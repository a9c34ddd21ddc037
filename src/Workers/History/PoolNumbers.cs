using Npgsql;
using Scalelite.EventLog;

namespace Scalelite.Workers.History;

/// <summary>
/// The last safe number of the log at a moment. Between which checkpoints it lies, their least timestamps tell: so neither the age of the log
/// costs anything, nor must the writers' clocks agree.
/// </summary>
internal sealed class PoolNumbers(NpgsqlDataSource database, TimeProvider time)
{
    /// <summary>What was stamped so long before the head was read has drawn its number by then: appends wait two seconds for a lock at most.</summary>
    private static readonly TimeSpan StampedBefore = TimeSpan.FromSeconds(15);

    private readonly PoolCheckpoints _checkpoints = new(database);

    /// <returns>The number, and the timestamp of its event; (0, null) before the first.</returns>
    public async Task<(long Number, DateTimeOffset? At)> AtAsync(DateTimeOffset at, CancellationToken cancellation)
    {
        var safe = await SafeAsync(at, cancellation);
        var last = await _checkpoints.LastAsync(safe, cancellation);
        if (last == 0)
        {
            var number = await new EventLogReader(database, time).NumberAtAsync(at, safe, cancellation);
            return await FindAsync(at, number - 1, number, cancellation) ?? (0, null);
        }

        if (await FindAsync(at, last, safe, cancellation) is { } late) return late;
        if (await _checkpoints.StretchAsync(at, last, cancellation) is not { } stretch) return (0, null);

        // Where all of them are pruned, the stretch has nothing left that was before the moment: what came before it was.
        return await FindAsync(at, stretch.After, stretch.UpTo, cancellation) ?? (stretch.After, null);
    }

    private async Task<(long Number, DateTimeOffset? At)?> FindAsync(DateTimeOffset at, long after, long upTo, CancellationToken cancellation)
    {
        await using var command = database.CreateCommand(
            """
            select seq_id, timestamp from mt_events where seq_id > $1 and seq_id <= $2 and timestamp <= $3 and stream_id <> 'mt_tombstone'
            order by seq_id desc limit 1
            """);
        command.Parameters.AddWithValue(after);
        command.Parameters.AddWithValue(upTo);
        command.Parameters.AddWithValue(at.ToUniversalTime());
        await using var row = await command.ExecuteReaderAsync(cancellation);
        return await row.ReadAsync(cancellation) ? (row.GetInt64(0), row.GetFieldValue<DateTimeOffset>(1)) : null;
    }

    /// <summary>A safe number behind which nothing is as old as the moment.</summary>
    private async Task<long> SafeAsync(DateTimeOffset at, CancellationToken cancellation)
    {
        await using (var command = database.CreateCommand("select safe_number, safe_at from pool_checkpoint_turn"))
        {
            await using var row = await command.ExecuteReaderAsync(cancellation);
            if (await row.ReadAsync(cancellation) && !row.IsDBNull(1) && at + StampedBefore < row.GetFieldValue<DateTimeOffset>(1)) return row.GetInt64(0);
        }

        return await new SafeHead(database, time).WaitAsync(cancellation);
    }
}
