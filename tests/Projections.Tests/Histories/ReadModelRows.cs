using Npgsql;

namespace Scalelite.Projections.Tests.Histories;

/// <summary>All columns of all rows of all read models.</summary>
internal static class ReadModelRows
{
    private static readonly string Sql = string.Join("\nunion all\n", ReadModels.All.SelectMany(model => model.Tables).Select((table, i) =>
        $"select {i} as n, '{table}' as name, to_jsonb(t)::text as cells from {table} t")) + "\norder by n, cells";

    /// <summary>The names of all tables.</summary>
    public static IReadOnlyList<string> Tables { get; } = [.. ReadModels.All.SelectMany(model => model.Tables)];

    /// <summary>One line a row, the table's name first.</summary>
    public static async Task<string[]> ReadAsync(NpgsqlConnection connection)
    {
        await using var command = new NpgsqlCommand(Sql, connection);
        await using var rows = await command.ExecuteReaderAsync();
        var lines = new List<string>();
        while (await rows.ReadAsync()) lines.Add($"{rows.GetString(1)} {rows.GetString(2)}");
        return [.. lines];
    }
}
