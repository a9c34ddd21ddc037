using Npgsql;

namespace Scalelite.EventLog;

/// <summary>
/// Keeps those who take events out of the log, or change them, apart from those who read it twice and compare. The lock is a transaction's;
/// appending and reading need none.
/// </summary>
public static class LogRewriting
{
    // "rewrite" as a number that nobody else draws.
    private const long Lock = 0x72657772697465;

    /// <summary>Begins to rewrite in the caller's transaction, which should be short: one at a time in the whole installation.</summary>
    /// <returns>False where another does, or somebody keeps rewriting out.</returns>
    public static async Task<bool> TryBeginAsync(NpgsqlConnection connection, CancellationToken cancellation = default)
    {
        // An instance that freezes in here, or waits for a stream's writer, does not keep the others from their work.
        await using var batch = new NpgsqlBatch(connection)
        {
            BatchCommands =
            {
                new("set local idle_in_transaction_session_timeout = '30s'"),
                new("set local lock_timeout = '2s'"),
                new("select pg_try_advisory_xact_lock($1)") { Parameters = { new() { Value = Lock } } },
            },
        };
        return (bool)(await batch.ExecuteScalarAsync(cancellation))!;
    }

    /// <summary>Keeps rewriting out until the caller's transaction ends; waits for one that is under way.</summary>
    public static async Task KeepOutAsync(NpgsqlConnection connection, CancellationToken cancellation = default)
    {
        await using var command = new NpgsqlCommand("select pg_advisory_xact_lock_shared($1)", connection) { Parameters = { new() { Value = Lock } } };
        await command.ExecuteNonQueryAsync(cancellation);
    }
}
