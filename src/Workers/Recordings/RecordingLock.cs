using Npgsql;

namespace Scalelite.Workers.Recordings;

/// <summary>
/// One at a time moves, removes or replaces the files of a recording, on whatever instance. The lock ends with the connection that holds
/// it, so nobody who died keeps it; the transaction writes nothing, so it holds up neither the log's safe head nor a vacuum.
/// </summary>
public sealed class RecordingLock(NpgsqlDataSource database) : IDisposable
{
    // Who holds one needs a second connection for its work: were all of the pool's held, nobody would get that.
    private readonly SemaphoreSlim _held = new(Math.Clamp(new NpgsqlConnectionStringBuilder(database.ConnectionString).MaxPoolSize / 4, 1, 16));

    /// <inheritdoc/>
    public void Dispose() => _held.Dispose();

    /// <summary>Waits for the lock; disposing the answer gives it back.</summary>
    /// <param name="patience">How long to wait for another holder.</param>
    /// <returns>Null where another held it all the time.</returns>
    public async Task<IAsyncDisposable?> TakeAsync(string recordId, TimeSpan patience, CancellationToken cancellation)
    {
        if (!await _held.WaitAsync(patience, cancellation)) return null;
        NpgsqlConnection? connection = null;
        try
        {
            connection = await database.OpenConnectionAsync(cancellation);
            var transaction = await connection.BeginTransactionAsync(cancellation);
            await using var batch = new NpgsqlBatch(connection, transaction)
            {
                BatchCommands =
                {
                    // Moving between volumes may take long; nobody is to end the transaction meanwhile for its idleness.
                    new("set local idle_in_transaction_session_timeout = 0"),
                    new("select set_config('lock_timeout', $1, true)")
                    {
                        Parameters = { new() { Value = ((long)Math.Max(1, patience.TotalMilliseconds)).ToString(System.Globalization.CultureInfo.InvariantCulture) } },
                    },
                    new("select pg_advisory_xact_lock(hashtextextended('recording files ' || $1, 0))") { Parameters = { new() { Value = recordId } } },
                },
            };
            await batch.ExecuteNonQueryAsync(cancellation);
            return new Held(this, connection);
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.LockNotAvailable)
        {
            await ReleaseAsync(connection);
            return null;
        }
        catch
        {
            await ReleaseAsync(connection);
            throw;
        }
    }

    // Closing the connection rolls the transaction back, and the lock goes with it.
    private async ValueTask ReleaseAsync(NpgsqlConnection? connection)
    {
        if (connection is not null) await connection.DisposeAsync();
        _held.Release();
    }

    private sealed class Held(RecordingLock owner, NpgsqlConnection connection) : IAsyncDisposable
    {
        public ValueTask DisposeAsync() => owner.ReleaseAsync(connection);
    }
}
