using System.IO.Compression;
using Npgsql;
using Scalelite.Domain.History;

namespace Scalelite.Workers.History;

/// <summary>The stored states of the pool.</summary>
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
        return await row.ReadAsync(cancellation) ? (row.GetInt64(0), Open(row.GetFieldValue<byte[]>(1))) : (0, new PoolState());
    }

    /// <summary>The number of the last one; 0 if there is none.</summary>
    public async Task<long> LastAsync(CancellationToken cancellation)
    {
        await using var command = database.CreateCommand("select number from pool_checkpoint where format = $1 order by number desc limit 1");
        command.Parameters.AddWithValue(PoolStateFormat.Version);
        return await command.ExecuteScalarAsync(cancellation) is long number ? number : 0;
    }

    /// <summary>The last stretch between two of them with an event that is not after a moment.</summary>
    /// <returns>The numbers at its ends, the first of which does not belong to it; null if no stretch has one.</returns>
    public async Task<(long After, long UpTo)?> StretchAsync(DateTimeOffset at, CancellationToken cancellation)
    {
        await using var command = database.CreateCommand(
            """
            select coalesce((select number from pool_checkpoint b where b.format = c.format and b.number < c.number order by b.number desc limit 1), 0), number
            from pool_checkpoint c where format = $1 and first_at <= $2 order by number desc limit 1
            """);
        command.Parameters.AddWithValue(PoolStateFormat.Version);
        command.Parameters.AddWithValue(at.ToUniversalTime());
        await using var row = await command.ExecuteReaderAsync(cancellation);
        return await row.ReadAsync(cancellation) ? (row.GetInt64(0), row.GetInt64(1)) : null;
    }

    private static PoolState Open(byte[] compressed)
    {
        using var bytes = new MemoryStream();
        using (var brotli = new BrotliStream(new MemoryStream(compressed), CompressionMode.Decompress)) brotli.CopyTo(bytes);
        bytes.Position = 0;
        return PoolStateFormat.Read(bytes);
    }
}
