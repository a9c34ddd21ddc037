using System.Text.Json;
using Npgsql;

namespace Scalelite.Projections.Rebuild;

/// <summary>Compares a live table with its rebuilt twin: all columns of all rows, both ways.</summary>
internal static class TableComparison
{
    /// <summary>
    /// Changes the live rows that differ, and no others: readers go on with the old rows until the commit, and views, grants and
    /// indexes stay. The caller's transaction keeps writers out.
    /// </summary>
    /// <returns>How many rows were deleted and inserted.</returns>
    public static async Task<int> MergeAsync(NpgsqlConnection connection, string beside, string live, IReadOnlyList<TableShape> tables, CancellationToken cancellation)
    {
        var changed = 0;
        foreach (var table in tables.Reverse())
        {
            var differing = $"select {table.ColumnList} from {live}.{table.Name} except all select {table.ColumnList} from {beside}.{table.Name}";
            changed += await RunAsync(connection, table.Key.Count == 0
                ? $"delete from {live}.{table.Name}"
                : $"delete from {live}.{table.Name} where ({table.KeyList}) in (select {table.KeyList} from ({differing}) d)", cancellation);
        }

        foreach (var table in tables)
        {
            changed += await RunAsync(
                connection,
                $"insert into {live}.{table.Name} ({table.ColumnList}) select {table.ColumnList} from {beside}.{table.Name} except all select {table.ColumnList} from {live}.{table.Name}",
                cancellation);
        }

        return changed;
    }

    /// <summary>The first row that differs, by key; null if none does.</summary>
    public static async Task<ReadModelDifference?> FirstDifferenceAsync(
        NpgsqlConnection connection, string beside, string live, TableShape table, CancellationToken cancellation)
    {
        if (await FirstMissingAsync(connection, live, beside, table, cancellation) is { } inLive)
        {
            var twin = table.Key.Count == 0 ? null : await FindAsync(connection, beside, table, KeyOf(inLive, table), cancellation);
            if (twin is null) return new ReadModelDifference(table.Name, Describe(inLive, table), null, inLive.GetRawText(), null);
            foreach (var column in inLive.EnumerateObject())
            {
                var other = twin.Value.GetProperty(column.Name);
                if (column.Value.GetRawText() != other.GetRawText())
                    return new ReadModelDifference(table.Name, Describe(inLive, table), column.Name, column.Value.GetRawText(), other.GetRawText());
            }
        }

        return await FirstMissingAsync(connection, beside, live, table, cancellation) is { } inRebuilt
            ? new ReadModelDifference(table.Name, Describe(inRebuilt, table), null, null, inRebuilt.GetRawText())
            : null;
    }

    private static Task<JsonElement?> FirstMissingAsync(NpgsqlConnection connection, string has, string lacks, TableShape table, CancellationToken cancellation) =>
        RowAsync(
            connection,
            $"""
            select to_jsonb(d)::text
            from (select {table.ColumnList} from {has}.{table.Name} except all select {table.ColumnList} from {lacks}.{table.Name}) d
            order by {(table.Key.Count == 0 ? "d::text" : table.KeyList)} limit 1
            """,
            null,
            cancellation);

    private static Task<JsonElement?> FindAsync(NpgsqlConnection connection, string schema, TableShape table, string key, CancellationToken cancellation) =>
        RowAsync(connection, $"select to_jsonb(t)::text from (select {table.ColumnList} from {schema}.{table.Name}) t where jsonb_build_array({table.KeyList}) = $1::jsonb", key, cancellation);

    private static async Task<JsonElement?> RowAsync(NpgsqlConnection connection, string sql, string? value, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        if (value is not null) command.Parameters.AddWithValue(value);
        return await command.ExecuteScalarAsync(cancellation) is string json ? JsonElement.Parse(json) : null;
    }

    private static async Task<int> RunAsync(NpgsqlConnection connection, string sql, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteNonQueryAsync(cancellation);
    }

    private static string KeyOf(JsonElement row, TableShape table) => $"[{string.Join(",", table.Key.Select(column => row.GetProperty(column.Trim('"')).GetRawText()))}]";

    private static string Describe(JsonElement row, TableShape table) => string.Join(
        ", ", (table.Key.Count == 0 ? table.Columns : table.Key).Select(column => $"{column} = {row.GetProperty(column.Trim('"')).GetRawText()}"));
}
