using System.Data;
using Npgsql;
using Scalelite.Projections.Analytics;

namespace Scalelite.Api.CommandLine.Export;

/// <summary>
/// Reads a view of <c>analytics</c> in order of time, a stretch of time a statement. So no statement is long: a snapshot that is held for the
/// hours that a large export may take would keep vacuum from the tables that every poll rewrites. Rows never change their time, so each
/// is read once.
/// </summary>
internal sealed class ViewExport(NpgsqlDataSource database)
{
    private const int FewRows = 20_000, ManyRows = 200_000;

    private static readonly TimeSpan Shortest = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan First = TimeSpan.FromHours(1);
    private static readonly TimeSpan Longest = TimeSpan.FromDays(31);

    /// <summary>Writes the rows of the view.</summary>
    /// <param name="from">Only rows of this time or later.</param>
    /// <param name="to">Only rows before this time.</param>
    /// <returns>How many.</returns>
    public async Task<long> WriteAsync(AnalyticsView view, DateTimeOffset? from, DateTimeOffset? to, IExportWriter writer, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await writer.BeginAsync(await ColumnsAsync(connection, view, cancellation), cancellation);
        var rows = view is { Time: { } time, Source: { } source }
            ? await WriteAsync(connection, view, time, source, from, to, writer, cancellation)
            : await RowsAsync(connection, $"select * from {AnalyticsSchema.Name}.{view.Name} order by 1", null, writer, cancellation);
        await writer.EndAsync(cancellation);
        return rows;
    }

    private static async Task<long> WriteAsync(
        NpgsqlConnection connection,
        AnalyticsView view,
        string time,
        (string Table, string Time) source,
        DateTimeOffset? from,
        DateTimeOffset? to,
        IExportWriter writer,
        CancellationToken cancellation)
    {
        if (await EndsAsync(connection, source, cancellation) is not var (first, last)) return 0;
        var begin = from is { } earliest && earliest > first ? earliest.ToUniversalTime() : first;
        var end = to is { } latest && latest <= last ? latest.ToUniversalTime() : last.AddMicroseconds(1);
        var sql = $"select * from {AnalyticsSchema.Name}.{view.Name} where {time} >= $1 and {time} < $2 order by {time}, 1";
        var (rows, stretch) = (0L, First);
        while (begin < end)
        {
            var next = end - begin > stretch ? begin + stretch : end;
            var read = await RowsAsync(connection, sql, (begin, next), writer, cancellation);
            // Where nothing was, nothing may be for long: a meeting whose node believes in the year 9999.
            (rows, begin) = (rows + read, read > 0 ? next : await NextAsync(connection, source, next, cancellation) ?? end);
            stretch = read < FewRows ? Min(stretch * 4, Longest) : read > ManyRows ? Max(stretch / 2, Shortest) : stretch;
        }

        return rows;
    }

    private static async Task<long> RowsAsync(
        NpgsqlConnection connection, string sql, (DateTimeOffset From, DateTimeOffset To)? range, IExportWriter writer, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        if (range is var (from, to))
        {
            command.Parameters.AddWithValue(from);
            command.Parameters.AddWithValue(to);
        }

        await using var row = await command.ExecuteReaderAsync(CommandBehavior.SingleResult, cancellation);
        var rows = 0L;
        for (; await row.ReadAsync(cancellation); rows++) await writer.WriteAsync(row, cancellation);
        return rows;
    }

    private static async Task<(DateTimeOffset First, DateTimeOffset Last)?> EndsAsync(
        NpgsqlConnection connection, (string Table, string Time) source, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand($"select min({source.Time}), max({source.Time}) from {source.Table}", connection);
        await using var row = await command.ExecuteReaderAsync(cancellation);
        return await row.ReadAsync(cancellation) && !row.IsDBNull(0)
            ? (row.GetFieldValue<DateTimeOffset>(0), row.GetFieldValue<DateTimeOffset>(1))
            : null;
    }

    private static async Task<DateTimeOffset?> NextAsync(
        NpgsqlConnection connection, (string Table, string Time) source, DateTimeOffset from, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand($"select min({source.Time}) from {source.Table} where {source.Time} >= $1", connection);
        command.Parameters.AddWithValue(from);
        await using var row = await command.ExecuteReaderAsync(cancellation);
        return await row.ReadAsync(cancellation) && !row.IsDBNull(0) ? row.GetFieldValue<DateTimeOffset>(0) : null;
    }

    private static async Task<List<ExportColumn>> ColumnsAsync(NpgsqlConnection connection, AnalyticsView view, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand($"select * from {AnalyticsSchema.Name}.{view.Name} limit 0", connection);
        await using var none = await command.ExecuteReaderAsync(cancellation);
        return [.. Enumerable.Range(0, none.FieldCount).Select(i => ExportColumn.Of(none.GetName(i), none.GetFieldType(i)))];
    }

    private static TimeSpan Min(TimeSpan a, TimeSpan b) => a < b ? a : b;

    private static TimeSpan Max(TimeSpan a, TimeSpan b) => a > b ? a : b;
}
