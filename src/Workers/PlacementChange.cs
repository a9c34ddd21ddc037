using Npgsql;
using Scalelite.Workers.Placement;

namespace Scalelite.Workers;

/// <summary>
/// Changes, under the placement lock, where a meeting is or whether a server takes meetings: what was seen is asked again there, and
/// written in the same transaction. One at a time in a process, so that a thousand adopted meetings take one connection, not all.
/// </summary>
public sealed class PlacementChange(NpgsqlDataSource database, IDocumentStore store) : IDisposable
{
    private readonly SemaphoreSlim _turn = new(1);

    /// <inheritdoc/>
    public void Dispose() => _turn.Dispose();

    /// <summary>Takes the lock and asks in one round trip, then decides and commits.</summary>
    /// <param name="may">One boolean: whether the change may still be made.</param>
    /// <param name="decide">Appends to the session what is to be written, if anything.</param>
    /// <param name="cancellation">Leaves everything as it was.</param>
    /// <exception cref="PostgresException">55P03 where another instance held the lock for two seconds.</exception>
    internal async Task MakeAsync(NpgsqlBatchCommand may, Func<IDocumentSession, Task> decide, CancellationToken cancellation)
    {
        await _turn.WaitAsync(cancellation);
        try
        {
            await using var connection = await database.OpenConnectionAsync(cancellation);
            await using var transaction = await connection.BeginTransactionAsync(cancellation);
            if (!await AskAsync(transaction, may, cancellation)) return;

            await using var session = store.LightweightSession(SessionOptions.ForTransaction(transaction, shouldAutoCommit: true));
            session.SetHeader("actor", "poller");
            await decide(session);
            await session.SaveChangesAsync(cancellation);
        }
        finally
        {
            _turn.Release();
        }
    }

    private static async Task<bool> AskAsync(NpgsqlTransaction transaction, NpgsqlBatchCommand may, CancellationToken cancellation)
    {
        await using var batch = new NpgsqlBatch(transaction.Connection, transaction);
        foreach (var command in PlacementLock.Take()) batch.BatchCommands.Add(command);
        batch.BatchCommands.Add(may);
        await using var rows = await batch.ExecuteReaderAsync(cancellation);
        var answer = false;
        do
        {
            while (await rows.ReadAsync(cancellation)) answer = rows.GetFieldType(0) == typeof(bool) && rows.GetBoolean(0);
        }
        while (await rows.NextResultAsync(cancellation));

        return answer;
    }
}
