using Npgsql;

namespace Scalelite.Projections.Rebuild;

/// <summary>A table's columns and key.</summary>
/// <param name="Columns">Names, quoted where they must be, in the table's order.</param>
/// <param name="Key">Those of the primary key; empty if it has none.</param>
internal sealed record TableShape(string Name, IReadOnlyList<string> Columns, IReadOnlyList<string> Key)
{
    /// <summary>All columns, for a select list.</summary>
    public string ColumnList => string.Join(", ", Columns);

    /// <summary>The key's columns, for a select list.</summary>
    public string KeyList => string.Join(", ", Key);

    /// <summary>The shape of a table that stands in two schemas.</summary>
    /// <exception cref="RebuildException">Their columns differ.</exception>
    public static async Task<TableShape> ReadAsync(NpgsqlConnection connection, string schema, string liveSchema, string table, CancellationToken cancellation)
    {
        var beside = await ColumnsAsync(connection, schema, table, cancellation);
        var live = await ColumnsAsync(connection, liveSchema, table, cancellation);
        if (!beside.Select(column => (column.Name, column.Type)).ToHashSet().SetEquals(live.Select(column => (column.Name, column.Type))))
        {
            throw new RebuildException(
                $"Table {table} has not the columns that this program gives it: ({string.Join(", ", live.Select(c => $"{c.Name} {c.Type}"))}) "
                + $"instead of ({string.Join(", ", beside.Select(c => $"{c.Name} {c.Type}"))})");
        }

        return new TableShape(table, [.. beside.Select(column => column.Name)], [.. beside.Where(column => column.InKey).Select(column => column.Name)]);
    }

    private static async Task<List<(string Name, string Type, bool InKey)>> ColumnsAsync(
        NpgsqlConnection connection, string schema, string table, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(
            """
            select quote_ident(attname), format_type(atttypid, atttypmod), coalesce(attnum = any(indkey), false)
            from pg_attribute left join pg_index on indrelid = attrelid and indisprimary
            where attrelid = to_regclass($1) and attnum > 0 and not attisdropped and attgenerated = ''
            order by attnum
            """,
            connection)
        {
            Parameters = { new() { Value = $"{schema}.{table}" } },
        };
        await using var row = await command.ExecuteReaderAsync(cancellation);
        var columns = new List<(string, string, bool)>();
        while (await row.ReadAsync(cancellation))
        {
            columns.Add((row.GetString(0), row.GetString(1), row.GetBoolean(2)));
        }

        return columns;
    }
}
