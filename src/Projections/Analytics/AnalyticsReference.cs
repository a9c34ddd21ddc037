using System.Text;
using Npgsql;

namespace Scalelite.Projections.Analytics;

/// <summary>The schema as its comments describe it.</summary>
public static class AnalyticsReference
{
    private const string Sql =
        """
        select c.relname, obj_description(c.oid, 'pg_class'), a.attname, format_type(a.atttypid, a.atttypmod), col_description(c.oid, a.attnum)
        from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0
        where c.relnamespace = to_regnamespace($1) and c.relkind = 'v'
        order by array_position($2, c.relname::text), a.attnum
        """;

    /// <summary>A table for each view: its columns, their types and what they mean.</summary>
    public static async Task<string> ToMarkdownAsync(NpgsqlDataSource database, CancellationToken cancellation)
    {
        await using var command = database.CreateCommand(Sql);
        command.Parameters.AddWithValue(AnalyticsSchema.Name);
        command.Parameters.AddWithValue(AnalyticsSchema.Views.Select(view => view.Name).ToArray());
        await using var row = await command.ExecuteReaderAsync(cancellation);
        var page = new StringBuilder();
        string? view = null;
        while (await row.ReadAsync(cancellation))
        {
            if (view != row.GetString(0))
            {
                if (view is not null) page.Append('\n');
                view = row.GetString(0);
                page.Append($"### {view}\n\n{Text(row, 1)}\n\n| column | type | meaning |\n| --- | --- | --- |\n");
            }

            var type = row.GetString(3) == "timestamp with time zone" ? "timestamptz" : row.GetString(3);
            page.Append($"| `{row.GetString(2)}` | {type} | {Text(row, 4).Replace("|", "\\|", StringComparison.Ordinal)} |\n");
        }

        return page.ToString();
    }

    private static string Text(NpgsqlDataReader row, int i) => row.IsDBNull(i) ? "" : row.GetString(i);
}
