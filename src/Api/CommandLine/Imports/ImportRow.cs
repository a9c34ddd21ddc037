using System.Globalization;
using Npgsql;
using Scalelite.Api.CommandLine.Meetings;

namespace Scalelite.Api.CommandLine.Imports;

/// <summary>An import as commands print it.</summary>
/// <param name="DueAt">When it is worked on next; null where nothing is left to do, or a person has to.</param>
/// <param name="Events">Its stream, where it is asked for.</param>
internal sealed record ImportRow(
    Guid Id, string Name, long Bytes, string Source, string? ServerId, string State, IReadOnlyList<string> RecordIds, int Formats, int Imported, int Attempts,
    string? Reason, DateTimeOffset? DueAt, DateTimeOffset ReceivedAt, DateTimeOffset? CompletedAt, IReadOnlyList<HistoryEvent>? Events = null)
{
    /// <summary>The columns of its table.</summary>
    public static readonly Column<ImportRow>[] Columns =
    [
        new("id", row => row.Id.ToString()),
        new("archive", row => row.Name),
        new("state", row => row.State),
        new("formats", row => string.Create(CultureInfo.InvariantCulture, $"{row.Imported}/{row.Formats}"), IsNumber: true),
        new("attempts", row => row.Attempts.ToString(CultureInfo.InvariantCulture), IsNumber: true),
        new("received at", row => Time(row.ReceivedAt)),
        new("due at", row => Time(row.DueAt)),
        new("reason", row => row.Reason),
    ];

    /// <summary>The lines of one.</summary>
    public static readonly Column<ImportRow>[] Parts =
    [
        new("id", row => row.Id.ToString()),
        new("archive", row => row.Name),
        new("bytes", row => row.Bytes.ToString(CultureInfo.InvariantCulture)),
        new("from", row => row.ServerId is { } server ? $"{row.Source} by {server}" : row.Source),
        new("state", row => row.State),
        new("recordings", row => string.Join(", ", row.RecordIds)),
        new("formats", row => string.Create(CultureInfo.InvariantCulture, $"{row.Imported} of {row.Formats} imported")),
        new("attempts", row => row.Attempts > 0 ? row.Attempts.ToString(CultureInfo.InvariantCulture) : null),
        new("reason", row => row.Reason),
        new("received at", row => Time(row.ReceivedAt)),
        new("due at", row => Time(row.DueAt)),
        new("completed at", row => Time(row.CompletedAt)),
    ];

    private static readonly string[] States = ["received", "checked", "staged", "in_place", "imported", "completed", "quarantined"];

    private const string Select =
        """
        select import_id, name, bytes, source, server_id, state, record_ids, formats, imported, attempts, reason, due_at, received_at, completed_at
        from import_queue
        """;

    /// <summary>Imports that are not completed, the oldest first; with completed ones, the newest of all.</summary>
    public static Task<IReadOnlyList<ImportRow>> ListAsync(NpgsqlDataSource database, bool completed, int limit, CancellationToken cancellation) => ReadAsync(
        database,
        completed ? "order by received_at desc, import_id desc limit $1" : "where state <> 'completed' order by received_at, import_id limit $1",
        limit,
        cancellation);

    /// <summary>One import; null if there is none.</summary>
    public static async Task<ImportRow?> FindAsync(NpgsqlDataSource database, Guid import, CancellationToken cancellation) =>
        (await ReadAsync(database, "where import_id = $1", import, cancellation)).SingleOrDefault();

    /// <summary>Imports from the newest on.</summary>
    /// <param name="state">One of its states, or <c>open</c>: all but the completed; null: any.</param>
    /// <param name="before">Only those behind this one.</param>
    public static Task<IReadOnlyList<ImportRow>> PageAsync(
        NpgsqlDataSource database, string? state, (DateTimeOffset At, Guid Id)? before, int limit, CancellationToken cancellation)
    {
        List<string> conditions = [];
        List<object> values = [limit];
        // The word itself, not a parameter, so that the index of open imports serves; it comes out of this list and nowhere else.
        if (state == "open") conditions.Add("state <> 'completed'");
        else if (state is not null) conditions.Add($"state = '{States.Single(known => known == state)}'");
        if (before is { } row)
        {
            conditions.Add("received_at <= $2 and (received_at, import_id) < ($2, $3)");
            values.AddRange([row.At, row.Id]);
        }

        var where = conditions.Count > 0 ? $"where {string.Join(" and ", conditions)}" : "";
        return ReadAsync(database, $"{where} order by received_at desc, import_id desc limit $1", [.. values], cancellation);
    }

    private static Task<IReadOnlyList<ImportRow>> ReadAsync(NpgsqlDataSource database, string where, object value, CancellationToken cancellation) =>
        ReadAsync(database, where, [value], cancellation);

    private static async Task<IReadOnlyList<ImportRow>> ReadAsync(NpgsqlDataSource database, string where, object[] values, CancellationToken cancellation)
    {
        await using var command = database.CreateCommand($"{Select} {where}");
        foreach (var value in values) command.Parameters.AddWithValue(value);
        await using var row = await command.ExecuteReaderAsync(cancellation);
        var imports = new List<ImportRow>();
        while (await row.ReadAsync(cancellation))
        {
            imports.Add(new ImportRow(
                row.GetGuid(0), row.GetString(1), row.GetInt64(2), row.GetString(3), row.IsDBNull(4) ? null : row.GetString(4), row.GetString(5),
                row.GetFieldValue<string[]>(6), row.GetInt32(7), row.GetInt32(8), row.GetInt32(9), row.IsDBNull(10) ? null : row.GetString(10), At(row, 11),
                row.GetFieldValue<DateTimeOffset>(12), At(row, 13)));
        }

        return imports;
    }

    private static DateTimeOffset? At(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetFieldValue<DateTimeOffset>(column);

    private static string? Time(DateTimeOffset? time) => time?.UtcDateTime.ToString("u", CultureInfo.InvariantCulture);
}
