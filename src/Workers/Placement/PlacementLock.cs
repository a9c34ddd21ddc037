using Npgsql;

namespace Scalelite.Workers.Placement;

/// <summary>
/// What decides where a meeting is happens under one lock, of all instances: placing, moving, adopting. A transaction takes it,
/// so it needs no session state, and an instance that freezes while it holds the lock loses it after two seconds.
/// </summary>
public static class PlacementLock
{
    /// <summary>The advisory lock's key: "scalelit" in ASCII.</summary>
    private const long Key = 0x7363616c656c6974;

    /// <summary>The statements that take the lock, to be put in front of a batch in a transaction.</summary>
    public static IEnumerable<NpgsqlBatchCommand> Take() =>
    [
        new("set local lock_timeout = '2s'"),
        new("set local idle_in_transaction_session_timeout = '2s'"),
        new($"select pg_advisory_xact_lock({Key})"),
    ];

    /// <summary>Takes the lock in a transaction of its own round trip.</summary>
    /// <exception cref="PostgresException">55P03 where another instance held it for two seconds.</exception>
    public static async Task TakeAsync(NpgsqlTransaction transaction, CancellationToken cancellation)
    {
        await using var batch = new NpgsqlBatch(transaction.Connection, transaction);
        foreach (var command in Take())
        {
            batch.BatchCommands.Add(command);
        }

        await batch.ExecuteNonQueryAsync(cancellation);
    }
}
