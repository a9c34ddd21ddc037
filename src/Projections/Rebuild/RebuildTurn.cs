using Npgsql;
using Scalelite.EventLog;

namespace Scalelite.Projections.Rebuild;

/// <summary>
/// One rebuild of a read model at a time, and none while events are taken out of the log or changed: it reads the log once, or compares it
/// with rows of one moment. The lock is a transaction's, so that it works behind a pooler and ends with its holder.
/// </summary>
internal sealed class RebuildTurn(NpgsqlConnection connection, NpgsqlTransaction transaction) : IAsyncDisposable
{
    // "rebu" as a number: the first half of the lock's key.
    private const int Locks = 0x72656275;

    /// <exception cref="RebuildException">Somebody else is rebuilding or verifying it.</exception>
    public static async Task<RebuildTurn> TakeAsync(NpgsqlDataSource database, string name, CancellationToken cancellation)
    {
        var connection = await database.OpenConnectionAsync(cancellation);
        var transaction = await connection.BeginTransactionAsync(cancellation);
        var turn = new RebuildTurn(connection, transaction);
        await using (var patience = new NpgsqlCommand("set local idle_in_transaction_session_timeout = 0", connection))
        {
            await patience.ExecuteNonQueryAsync(cancellation);
        }

        await using var take = new NpgsqlCommand("select pg_try_advisory_xact_lock($1, hashtext($2))", connection);
        take.Parameters.AddWithValue(Locks);
        take.Parameters.AddWithValue(name);
        if (await take.ExecuteScalarAsync(cancellation) is true)
        {
            await LogRewriting.KeepOutAsync(connection, cancellation);
            return turn;
        }

        await turn.DisposeAsync();
        throw new RebuildException($"The read model {name} is being rebuilt or verified by somebody else");
    }

    public async ValueTask DisposeAsync()
    {
        await transaction.DisposeAsync();
        await connection.DisposeAsync();
    }
}
