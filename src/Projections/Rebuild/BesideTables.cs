using Npgsql;
using Scalelite.EventLog;

namespace Scalelite.Projections.Rebuild;

/// <summary>A read model's tables once more, in a schema beside the live ones; dropped in the end.</summary>
internal sealed class BesideTables : IAsyncDisposable
{
    private const int Batch = 200;

    private readonly NpgsqlDataSource _database;
    private readonly IDocumentStore _store;
    private readonly Func<EventRow, IEvent> _read;
    private readonly ReadModel _model;

    private BesideTables(NpgsqlDataSource database, IDocumentStore store, Func<EventRow, IEvent> read, ReadModel model, string schema, string liveSchema) =>
        (_database, _store, _read, _model, Schema, LiveSchema) = (database, store, read, model, schema, liveSchema);

    /// <summary>Where the tables are.</summary>
    public string Schema { get; }

    /// <summary>Where the live ones are, and the log.</summary>
    public string LiveSchema { get; }

    /// <summary>Events up to this number are in the tables.</summary>
    public long Done { get; private set; }

    /// <summary>Creates the tables, empty, by the read model's own scripts; what a killed rebuild left is dropped first.</summary>
    public static async Task<BesideTables> CreateAsync(
        NpgsqlDataSource database, IDocumentStore store, Func<EventRow, IEvent> read, ReadModel model, string schema, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        var liveSchema = (string)(await ScalarAsync(connection, "select current_schema()::text", cancellation))!;
        await RunAsync(
            connection, $"drop schema if exists {schema} cascade; create schema {schema}; set local search_path = {schema}", cancellation);
        foreach (var script in model.Scripts)
        {
            await RunAsync(connection, script.Sql, cancellation);
        }

        foreach (var table in model.Tables)
        {
            // A crash of PostgreSQL ends the rebuild, so its tables need not survive one.
            await RunAsync(connection, $"alter table {schema}.{table} set unlogged", cancellation);
        }

        await transaction.CommitAsync(cancellation);
        return new BesideTables(database, store, read, model, schema, liveSchema);
    }

    /// <summary>Replays the safe events up to a number, batch by batch, each in its own transaction.</summary>
    public async Task ReplayAsync(long upTo, Action<long> progress, CancellationToken cancellation)
    {
        await using var connection = await _database.OpenConnectionAsync(cancellation);
        while (Done < upTo)
        {
            var rows = await EventLogReader.ReadBatchAsync(connection, Done, upTo, Batch, cancellation);
            if (rows.Count > 0) await ReplayAsync(connection, rows, cancellation);
            Done = rows.Count == Batch ? rows[^1].Sequence : upTo;
            progress(Done);
        }
    }

    /// <summary>Replays these events only, in their order.</summary>
    public async Task ReplayAsync(IReadOnlyList<EventRow> rows, CancellationToken cancellation)
    {
        await using var connection = await _database.OpenConnectionAsync(cancellation);
        foreach (var batch in rows.Chunk(Batch))
        {
            await ReplayAsync(connection, batch, cancellation);
        }
    }

    /// <summary>Replays all that is left, on the caller's connection and in its transaction, which keeps the appenders out.</summary>
    public async Task ReplayRestAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, CancellationToken cancellation)
    {
        // Not remembered in Done: the transaction may yet be rolled back.
        var after = Done;
        while (true)
        {
            var rows = await EventLogReader.ReadBatchAsync(connection, after, long.MaxValue, Batch, cancellation);
            if (rows.Count == 0) return;
            await ApplyAsync(connection, transaction, rows, cancellation);
            await RunAsync(connection, $"set local search_path = {LiveSchema}", cancellation);
            after = rows[^1].Sequence;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await using var connection = await _database.OpenConnectionAsync();
        await RunAsync(connection, $"drop schema if exists {Schema} cascade", default);
    }

    private async Task ReplayAsync(NpgsqlConnection connection, IReadOnlyList<EventRow> rows, CancellationToken cancellation)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        await ApplyAsync(connection, transaction, rows, cancellation);
        await transaction.CommitAsync(cancellation);
    }

    // Only the schema beside is in the path: a projection that writes elsewhere fails, instead of changing live tables twice.
    private async Task ApplyAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, IReadOnlyList<EventRow> rows, CancellationToken cancellation)
    {
        await RunAsync(connection, $"set local search_path = {Schema}; set local synchronous_commit = off", cancellation);
        try
        {
            await using var session = _store.LightweightSession(SessionOptions.ForTransaction(transaction));
            await _model.Projection.ApplyAsync(session, [.. rows.Select(_read)], cancellation);
            await session.SaveChangesAsync(cancellation);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            throw new RebuildException($"Replaying events {rows[0].Sequence} to {rows[^1].Sequence} into {_model.Name} failed: {e.Message}", e);
        }
    }

    private static async Task RunAsync(NpgsqlConnection connection, string sql, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(cancellation);
    }

    private static async Task<object?> ScalarAsync(NpgsqlConnection connection, string sql, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync(cancellation);
    }
}
