using System.Security.Cryptography;
using Npgsql;

namespace Scalelite.EventLog.Sealing;

/// <summary>Seals the log a part at a time. One seals at a time, whoever tries; a crash leaves a whole seal or none.</summary>
public sealed class LogSealer(NpgsqlDataSource database, SealKey key, TimeProvider time)
{
    /// <summary>The most events of one seal.</summary>
    public const int MostEvents = 4096;

    // The key of the advisory lock: "log seal" as a number that nobody else draws.
    private const long Lock = 0x6c6f67207365616c;

    /// <summary>Seals the next events up to a number.</summary>
    /// <param name="upTo">A safe number: <see cref="SafeHead"/>.</param>
    /// <returns>The seal; null where there is nothing new, or another seals.</returns>
    public async Task<LogSeal?> SealAsync(long upTo, int most = MostEvents, CancellationToken cancellation = default)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        if (!await TakeLockAsync(connection, cancellation)) return null;
        var last = await LogSeals.LastAsync(connection, cancellation);
        var after = last?.Last ?? 0;
        if (after >= upTo) return null;
        var leaves = await EventLeaves.ReadAsync(connection, after, upTo, most, cancellation);
        if (leaves.Count == 0) return null;

        var kept = SealedLeaf.Write([.. leaves.Select(SealedLeaf.Of)]);
        var now = time.GetUtcNow();
        var seal = key.Sign(new LogSeal(
            (last?.Seal ?? 0) + 1,
            after + 1,
            leaves.Count == most ? leaves[^1].Number : upTo,
            leaves.Count,
            now.AddTicks(-(now.Ticks % TimeSpan.TicksPerMicrosecond)),
            Convert.ToHexStringLower(MerkleTree.Root(leaves.Select(leaf => leaf.Leaf))),
            Convert.ToHexStringLower(SHA256.HashData(kept)),
            last?.Hash ?? LogSeal.NothingBefore,
            Key: "",
            Signature: ""));
        await LogSeals.StoreAsync(connection, seal, kept, cancellation);
        await transaction.CommitAsync(cancellation);
        return seal;
    }

    private static async Task<bool> TakeLockAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        // An instance that freezes in here does not keep the others from sealing.
        await using var batch = new NpgsqlBatch(connection)
        {
            BatchCommands =
            {
                new("set local idle_in_transaction_session_timeout = '30s'"),
                new("select pg_try_advisory_xact_lock($1)") { Parameters = { new() { Value = Lock } } },
            },
        };
        return (bool)(await batch.ExecuteScalarAsync(cancellation))!;
    }
}
