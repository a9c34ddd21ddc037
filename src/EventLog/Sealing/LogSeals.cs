using Npgsql;

namespace Scalelite.EventLog.Sealing;

/// <summary>Where a seal is written outside the database.</summary>
public enum SealPlace
{
    /// <summary>AUDIT_SEAL_FILE.</summary>
    File,

    /// <summary>AUDIT_SEAL_URL.</summary>
    Url,
}

/// <summary>A seal as the table has it.</summary>
/// <param name="Leaves">What it keeps of its events, as <see cref="SealedLeaf"/> writes it.</param>
public sealed record StoredSeal(LogSeal Seal, byte[] Leaves);

/// <summary>The seals of the log: table <c>log_seal</c>.</summary>
public sealed class LogSeals(NpgsqlDataSource database)
{
    private const string Columns = "seal, first_number, last_number, events, sealed_at, root, leaves_hash, previous, key, signature";

    /// <summary>The last number that a seal covers; 0 where there is none. What is up to it may be pruned: it stays told by its leaves.</summary>
    public async Task<long> SealedUpToAsync(CancellationToken cancellation = default)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        return await SealedUpToAsync(connection, cancellation);
    }

    /// <summary>The same, read on the caller's connection.</summary>
    public static async Task<long> SealedUpToAsync(NpgsqlConnection connection, CancellationToken cancellation = default)
    {
        await using var command = new NpgsqlCommand("select last_number from log_seal order by seal desc limit 1", connection);
        return await command.ExecuteScalarAsync(cancellation) is long number ? number : 0;
    }

    /// <summary>The last seal; null where there is none.</summary>
    public async Task<LogSeal?> LastAsync(CancellationToken cancellation = default)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        return await LastAsync(connection, cancellation);
    }

    /// <summary>The last seals, the newest first.</summary>
    /// <param name="before">Only those before this one; null: from the last on.</param>
    public Task<IReadOnlyList<LogSeal>> ListAsync(long? before, int limit, CancellationToken cancellation = default) =>
        ReadAsync("where seal < $1 order by seal desc limit $2", [before ?? long.MaxValue, limit], cancellation);

    /// <summary>The first seals that were not yet written to that place, in order.</summary>
    public Task<IReadOnlyList<LogSeal>> UndeliveredAsync(SealPlace place, int limit, CancellationToken cancellation = default) =>
        ReadAsync($"where {DeliveredAt(place)} is null order by seal limit $1", [limit], cancellation);

    /// <summary>How many seals were not yet written to that place.</summary>
    public async Task<long> CountUndeliveredAsync(SealPlace place, CancellationToken cancellation = default)
    {
        await using var command = database.CreateCommand($"select count(*) from log_seal where {DeliveredAt(place)} is null");
        return (long)(await command.ExecuteScalarAsync(cancellation))!;
    }

    /// <summary>When the oldest event was written that is not sealed yet; null where all are.</summary>
    public async Task<DateTimeOffset?> OldestNotSealedAsync(CancellationToken cancellation = default)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var command = new NpgsqlCommand(
            "select timestamp from mt_events where seq_id > $1 and stream_id <> 'mt_tombstone' order by seq_id limit 1", connection);
        command.Parameters.AddWithValue(await SealedUpToAsync(connection, cancellation));
        return await command.ExecuteScalarAsync(cancellation) is DateTime at ? new DateTimeOffset(at) : null;
    }

    /// <summary>Remembers that these were written to that place.</summary>
    public async Task DeliveredAsync(SealPlace place, IReadOnlyList<LogSeal> seals, DateTimeOffset at, CancellationToken cancellation = default)
    {
        await using var command = database.CreateCommand($"update log_seal set {DeliveredAt(place)} = $1 where seal = any($2) and {DeliveredAt(place)} is null");
        command.Parameters.AddWithValue(at.ToUniversalTime());
        command.Parameters.AddWithValue(seals.Select(seal => seal.Seal).ToArray());
        await command.ExecuteNonQueryAsync(cancellation);
    }

    /// <summary>The first seal after one, with what it keeps of its events; null after the last.</summary>
    public async Task<StoredSeal?> NextAsync(long after, CancellationToken cancellation = default)
    {
        await using var command = database.CreateCommand($"select {Columns}, leaves from log_seal where seal > $1 order by seal limit 1");
        command.Parameters.AddWithValue(after);
        await using var row = await command.ExecuteReaderAsync(cancellation);
        return await row.ReadAsync(cancellation) ? new StoredSeal(Read(row), row.GetFieldValue<byte[]>(10)) : null;
    }

    /// <summary>The last seal, read on the caller's connection.</summary>
    internal static async Task<LogSeal?> LastAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand($"select {Columns} from log_seal order by seal desc limit 1", connection);
        await using var row = await command.ExecuteReaderAsync(cancellation);
        return await row.ReadAsync(cancellation) ? Read(row) : null;
    }

    /// <summary>Stores a seal in the caller's transaction.</summary>
    internal static async Task StoreAsync(NpgsqlConnection connection, LogSeal seal, byte[] leaves, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(
            """
            insert into log_seal (seal, first_number, last_number, events, sealed_at, root, leaves_hash, previous, key, signature, leaves)
            values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
            """,
            connection);
        foreach (var value in (object[])
            [
                seal.Seal, seal.First, seal.Last, seal.Events, seal.At.ToUniversalTime(), Convert.FromHexString(seal.Root), Convert.FromHexString(seal.Leaves),
                Convert.FromHexString(seal.Previous), seal.Key, Convert.FromHexString(seal.Signature), leaves,
            ])
        {
            command.Parameters.AddWithValue(value);
        }

        await command.ExecuteNonQueryAsync(cancellation);
    }

    private static string DeliveredAt(SealPlace place) => place == SealPlace.File ? "filed_at" : "posted_at";

    private static LogSeal Read(NpgsqlDataReader row) => new(
        row.GetInt64(0), row.GetInt64(1), row.GetInt64(2), row.GetInt32(3), row.GetFieldValue<DateTimeOffset>(4), Hex(row, 5), Hex(row, 6), Hex(row, 7),
        row.GetString(8), Hex(row, 9));

    private static string Hex(NpgsqlDataReader row, int column) => Convert.ToHexStringLower(row.GetFieldValue<byte[]>(column));

    private async Task<IReadOnlyList<LogSeal>> ReadAsync(string where, object[] values, CancellationToken cancellation)
    {
        await using var command = database.CreateCommand($"select {Columns} from log_seal {where}");
        foreach (var value in values) command.Parameters.AddWithValue(value);
        await using var row = await command.ExecuteReaderAsync(cancellation);
        var seals = new List<LogSeal>();
        while (await row.ReadAsync(cancellation)) seals.Add(Read(row));
        return seals;
    }
}
