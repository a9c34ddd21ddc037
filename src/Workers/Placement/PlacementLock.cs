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

    /// <summary>
    /// Ends the session that holds the lock and has done nothing for two seconds. idle_in_transaction_session_timeout does so for one that waits between
    /// two batches; a process that stood still while it was sending one leaves a session that waits in the middle of it, which no timeout sees.
    /// </summary>
    private const string BreakSql =
        """
        select pg_terminate_backend(l.pid)
        from pg_locks l
        join pg_stat_activity a on a.pid = l.pid
        where l.locktype = 'advisory' and l.granted and l.objsubid = 1
          and l.database = (select oid from pg_database where datname = current_database())
          and ((l.classid::bigint << 32) | l.objid::bigint) = $1
          and a.query_start < clock_timestamp() - interval '2 seconds'
        """;

    /// <summary>The statements that take the lock, to be put in front of a batch in a transaction.</summary>
    public static IEnumerable<NpgsqlBatchCommand> Take() =>
    [
        new("set local lock_timeout = '2s'"),
        new("set local idle_in_transaction_session_timeout = '2s'"),
        new($"select pg_advisory_xact_lock({Key})"),
    ];

    /// <summary>Takes the lock away from an instance that stands still; for who waited for it in vain.</summary>
    public static async Task BreakAsync(NpgsqlDataSource database, CancellationToken cancellation)
    {
        await using var command = database.CreateCommand(BreakSql);
        command.Parameters.AddWithValue(Key);
        await command.ExecuteNonQueryAsync(cancellation);
    }

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
