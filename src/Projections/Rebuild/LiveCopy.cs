using System.Data;
using Npgsql;
using Scalelite.EventLog;

namespace Scalelite.Projections.Rebuild;

/// <summary>The live tables as of one moment, and which events they are of.</summary>
internal sealed class LiveCopy : IAsyncDisposable
{
    private readonly NpgsqlDataSource _database;

    private LiveCopy(NpgsqlDataSource database, string schema, IReadOnlyList<TableShape> tables, IReadOnlyList<EventRow> later) =>
        (_database, Schema, Tables, Later) = (database, schema, tables, later);

    /// <summary>Where the copies are.</summary>
    public string Schema { get; }

    public IReadOnlyList<TableShape> Tables { get; }

    /// <summary>The events after the safe number that the copy is of too: not all up to some number, as later ones may be committed first.</summary>
    public IReadOnlyList<EventRow> Later { get; }

    public static async Task<LiveCopy> TakeAsync(
        NpgsqlDataSource database, BesideTables beside, ReadModel model, long safe, CancellationToken cancellation)
    {
        var schema = $"{beside.Schema}_live";
        await using var connection = await database.OpenConnectionAsync(cancellation);
        // One snapshot for the rows and for the events: inline projections commit them together.
        await using var transaction = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellation);
        var later = await EventLogReader.ReadBatchAsync(connection, safe, long.MaxValue, int.MaxValue, cancellation);
        var tables = new List<TableShape>();
        await RunAsync(connection, $"drop schema if exists {schema} cascade; create schema {schema}", cancellation);
        foreach (var table in model.Tables)
        {
            tables.Add(await TableShape.ReadAsync(connection, beside.Schema, beside.LiveSchema, table, cancellation));
            await RunAsync(connection, $"create unlogged table {schema}.{table} as table {beside.LiveSchema}.{table}", cancellation);
        }

        await transaction.CommitAsync(cancellation);
        return new LiveCopy(database, schema, tables, later);
    }

    public async ValueTask DisposeAsync()
    {
        await using var connection = await _database.OpenConnectionAsync();
        await RunAsync(connection, $"drop schema if exists {Schema} cascade", default);
    }

    private static async Task RunAsync(NpgsqlConnection connection, string sql, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(cancellation);
    }
}
