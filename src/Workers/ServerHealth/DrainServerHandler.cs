using Npgsql;
using Scalelite.Domain;
using Scalelite.Domain.Servers;
using Scalelite.Workers.Placement;

namespace Scalelite.Workers.ServerHealth;

/// <summary>
/// Disables a cordoned server whose last meeting is gone. Asked again under the placement lock: a meeting that was placed
/// just before the cordon, or adopted since, keeps the server cordoned.
/// </summary>
public static class DrainServerHandler
{
    /// <summary>Disables the server, or does nothing.</summary>
    public static async Task Handle(
        DrainServer drain, NpgsqlDataSource database, IDocumentStore store, TimeProvider time, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        await PlacementLock.TakeAsync(transaction, cancellation);
        await using (var command = new NpgsqlCommand("select exists (select from meeting_location where server_id = $1)", connection, transaction))
        {
            command.Parameters.AddWithValue(drain.ServerId);
            if (await command.ExecuteScalarAsync(cancellation) is true) return;
        }

        await using var session = store.LightweightSession(SessionOptions.ForTransaction(transaction, shouldAutoCommit: true));
        session.SetHeader("actor", "poller");
        await session.DecideAsync<Server>(Streams.Server(drain.ServerId), server => server.Drain(time.GetUtcNow()), cancellation);
        await session.SaveChangesAsync(cancellation);
    }
}
