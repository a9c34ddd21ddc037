using System.IO.Compression;
using Npgsql;
using Scalelite.Domain.History;

namespace Scalelite.Workers.History;

/// <summary>The pool after the events up to a number, to be stored.</summary>
/// <param name="FirstAt">The least timestamp of the events since the checkpoint before.</param>
/// <param name="LastAt">The greatest.</param>
/// <param name="Events">How many there were since.</param>
/// <param name="KeptEvents">How many of them are not pruned with their day.</param>
/// <param name="State">See <see cref="PoolCheckpoints.Pack"/>.</param>
internal sealed record PoolCheckpoint(long Number, DateTimeOffset FirstAt, DateTimeOffset LastAt, long Events, long KeptEvents, byte[] State);

/// <summary>The stored states of the pool; those of another format are not seen.</summary>
internal sealed class PoolCheckpoints(NpgsqlDataSource database)
{
    /// <summary>The last one that is not after a number; an empty pool at 0 if there is none.</summary>
    public async Task<(long Number, PoolState State)> NearestAsync(long upTo, CancellationToken cancellation)
    {
        await using var command = database.CreateCommand(
            "select number, state from pool_checkpoint where format = $1 and number <= $2 order by number desc limit 1");
        command.Parameters.AddWithValue(PoolStateFormat.Version);
        command.Parameters.AddWithValue(upTo);
        await using var row = await command.ExecuteReaderAsync(cancellation);
        return await row.ReadAsync(cancellation) ? (row.GetInt64(0), Unpack(row.GetFieldValue<byte[]>(1))) : (0, new PoolState());
    }

    /// <summary>The number of the last one that is not after a number; 0 if there is none.</summary>
    public async Task<long> LastAsync(long upTo, CancellationToken cancellation)
    {
        await using var command = database.CreateCommand(
            "select number from pool_checkpoint where format = $1 and number <= $2 order by number desc limit 1");
        command.Parameters.AddWithValue(PoolStateFormat.Version);
        command.Parameters.AddWithValue(upTo);
        return await command.ExecuteScalarAsync(cancellation) is long number ? number : 0;
    }

    /// <summary>The last stretch between two of them with an event that is not after a moment.</summary>
    /// <param name="last">The number of the last one to be looked at.</param>
    /// <returns>The numbers at its ends, the first of which does not belong to it; null if no stretch has one.</returns>
    public async Task<(long After, long UpTo)?> StretchAsync(DateTimeOffset at, long last, CancellationToken cancellation)
    {
        await using var command = database.CreateCommand(
            """
            select coalesce((select b.number from pool_checkpoint b where b.format = c.format and b.number < c.number order by b.number desc limit 1), 0), c.number
            from pool_checkpoint c where c.format = $1 and c.number <= $2 and c.first_at <= $3 order by c.number desc limit 1
            """);
        command.Parameters.AddWithValue(PoolStateFormat.Version);
        command.Parameters.AddWithValue(last);
        command.Parameters.AddWithValue(at.ToUniversalTime());
        await using var row = await command.ExecuteReaderAsync(cancellation);
        return await row.ReadAsync(cancellation) ? (row.GetInt64(0), row.GetInt64(1)) : null;
    }

    /// <summary>Stores one; one that is there already is the same.</summary>
    public async Task StoreAsync(PoolCheckpoint checkpoint, CancellationToken cancellation)
    {
        await using var command = database.CreateCommand(
            """
            insert into pool_checkpoint (format, number, first_at, last_at, events, kept_events, state) values ($1, $2, $3, $4, $5, $6, $7)
            on conflict (format, number) do nothing
            """);
        command.Parameters.AddWithValue(PoolStateFormat.Version);
        command.Parameters.AddWithValue(checkpoint.Number);
        command.Parameters.AddWithValue(checkpoint.FirstAt.ToUniversalTime());
        command.Parameters.AddWithValue(checkpoint.LastAt.ToUniversalTime());
        command.Parameters.AddWithValue(checkpoint.Events);
        command.Parameters.AddWithValue(checkpoint.KeptEvents);
        command.Parameters.AddWithValue(checkpoint.State);
        await command.ExecuteNonQueryAsync(cancellation);
    }

    /// <summary>
    /// Leaves as many of those of pruned days as what is left of these days needs. A second time it finds nothing more to do: the events that are
    /// left are counted from the first on.
    /// </summary>
    /// <param name="before">What happened before this is pruned, as far as it ever is.</param>
    /// <param name="mostEvents">So many events are left at most between two of them.</param>
    /// <returns>How many were deleted.</returns>
    public async Task<int> ThinAsync(DateTimeOffset before, int mostEvents, CancellationToken cancellation)
    {
        await using var command = database.CreateCommand(
            """
            with old as (
                select number, first_at, last_at, events, kept_events, floor(sum(kept_events) over (order by number) / $3)::bigint as part
                from pool_checkpoint where format = $1 and last_at < $2
            ), stays as (
                select part, max(number) as number, min(first_at) as first_at, max(last_at) as last_at, sum(events) as events, sum(kept_events) as kept_events
                from old group by part having count(*) > 1
            ), told as (
                update pool_checkpoint c
                set first_at = stays.first_at, last_at = stays.last_at, events = stays.events, kept_events = stays.kept_events
                from stays where c.format = $1 and c.number = stays.number
            )
            delete from pool_checkpoint c using old, stays
            where c.format = $1 and c.number = old.number and old.part = stays.part and c.number < stays.number
            """);
        command.Parameters.AddWithValue(PoolStateFormat.Version);
        command.Parameters.AddWithValue(before.ToUniversalTime());
        command.Parameters.AddWithValue(mostEvents / 2m);
        return await command.ExecuteNonQueryAsync(cancellation);
    }

    /// <summary>Deletes those of other versions of the program that none of them has made any more for a week.</summary>
    public async Task DropOtherFormatsAsync(CancellationToken cancellation)
    {
        await using var command = database.CreateCommand(
            """
            delete from pool_checkpoint where format in (
                select format from pool_checkpoint where format <> $1 group by format having max(made_at) < now() - interval '7 days')
            """);
        command.Parameters.AddWithValue(PoolStateFormat.Version);
        await command.ExecuteNonQueryAsync(cancellation);
    }

    /// <summary>A state as it is stored.</summary>
    public static byte[] Pack(PoolState state)
    {
        using var compressed = new MemoryStream();
        using (var brotli = new BrotliStream(compressed, CompressionLevel.Fastest)) brotli.Write(PoolStateFormat.Write(state));
        return compressed.ToArray();
    }

    private static PoolState Unpack(byte[] compressed)
    {
        using var bytes = new MemoryStream();
        using (var brotli = new BrotliStream(new MemoryStream(compressed), CompressionMode.Decompress)) brotli.CopyTo(bytes);
        bytes.Position = 0;
        return PoolStateFormat.Read(bytes);
    }
}
