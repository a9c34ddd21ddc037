using Npgsql;
using NpgsqlTypes;

namespace Scalelite.Bench.History;

/// <summary>Rows on their way into one table by COPY, on a connection of its own: what is written as fast as PostgreSQL takes it.</summary>
internal sealed class TableCopy : IAsyncDisposable
{
    private readonly NpgsqlConnection _connection;
    private readonly NpgsqlBinaryImporter _rows;
    private readonly NpgsqlDbType[] _types;
    private bool _completed;

    private TableCopy(NpgsqlConnection connection, NpgsqlBinaryImporter rows, NpgsqlDbType[] types) => (_connection, _rows, _types) = (connection, rows, types);

    /// <summary>How many rows were written.</summary>
    public long Rows { get; private set; }

    /// <summary>Begins; all rows are there when it is disposed of after <see cref="CompleteAsync"/>.</summary>
    public static async Task<TableCopy> BeginAsync(string connectionString, string table, params (string Column, NpgsqlDbType Type)[] columns)
    {
        var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync();
        await using (var session = new NpgsqlCommand("set synchronous_commit = off", connection)) await session.ExecuteNonQueryAsync();
        var rows = await connection.BeginBinaryImportAsync($"copy {table} ({string.Join(", ", columns.Select(c => c.Column))}) from stdin (format binary)");
        rows.Timeout = TimeSpan.FromHours(2);
        return new TableCopy(connection, rows, [.. columns.Select(c => c.Type)]);
    }

    /// <summary>One row; null is NULL.</summary>
    public void Write(params ReadOnlySpan<object?> values)
    {
        _rows.StartRow();
        for (var i = 0; i < values.Length; i++)
        {
            if (values[i] is { } value) _rows.Write(value, _types[i]);
            else _rows.WriteNull();
        }

        Rows++;
    }

    /// <summary>Ends the COPY.</summary>
    public async Task CompleteAsync()
    {
        await _rows.CompleteAsync();
        await _rows.DisposeAsync();
        await _connection.DisposeAsync();
        _completed = true;
    }

    /// <summary>What was not completed ends with its connection: a COPY that is cancelled would wait for an answer, and hide why.</summary>
    public ValueTask DisposeAsync()
    {
        if (!_completed) NpgsqlConnection.ClearPool(_connection);
        return ValueTask.CompletedTask;
    }
}
