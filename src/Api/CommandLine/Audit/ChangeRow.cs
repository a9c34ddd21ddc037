using System.Globalization;
using Npgsql;

namespace Scalelite.Api.CommandLine.Audit;

/// <summary>What somebody changed, as commands print it.</summary>
/// <param name="EventId">The event that tells of it.</param>
/// <param name="Type">That event's type.</param>
/// <param name="SubjectKind">server, tenant, token, recording, meeting, import, callback, dead_letter or log.</param>
/// <param name="Summary">What was done to the subject.</param>
/// <param name="Actor">Who: <c>cli:{user}</c>, <c>token:{name}</c>, or what acts for people by a setting.</param>
/// <param name="Address">From where.</param>
/// <param name="Reason">Why, as it was given.</param>
/// <param name="Command">The command or operation.</param>
/// <param name="CorrelationId">The request.</param>
internal sealed record ChangeRow(
    Guid EventId, DateTimeOffset At, string Type, string SubjectKind, string SubjectId, string Summary, string? Actor, string? Address, string? Reason,
    string? Command, string? CorrelationId)
{
    /// <summary>The columns of its table.</summary>
    public static readonly Column<ChangeRow>[] Columns =
    [
        new("at", row => row.At.UtcDateTime.ToString("u", CultureInfo.InvariantCulture)),
        new("who", row => row.Actor),
        new("from", row => row.Address),
        new("subject", row => $"{row.SubjectKind} {row.SubjectId}"),
        new("what", row => row.Summary),
        new("why", row => row.Reason),
        new("command", row => row.Command),
    ];

    /// <summary>Changes from the newest on.</summary>
    /// <param name="from">Not before it; null: from the beginning.</param>
    /// <param name="to">Before it; null: up to now.</param>
    /// <param name="actor">Only by this one; null: by anyone.</param>
    /// <param name="all">Streams that were pruned too; a large pool has a thousand a day.</param>
    /// <param name="behind">Only those behind this one.</param>
    public static async Task<IReadOnlyList<ChangeRow>> ListAsync(
        NpgsqlDataSource database, DateTimeOffset? from, DateTimeOffset? to, string? actor, bool all, (DateTimeOffset At, Guid Id)? behind, int limit,
        CancellationToken cancellation)
    {
        List<string> conditions = [];
        await using var command = database.CreateCommand();
        command.Parameters.AddWithValue(limit);
        if (from is { } begin) Where("at >= $", begin.ToUniversalTime());
        if (to is { } end) Where("at < $", end.ToUniversalTime());
        if (actor is not null) Where("actor = $", actor);
        if (!all) conditions.Add("type <> 'stream_pruned'");
        if (behind is { } row)
        {
            Where("at <= $", row.At.ToUniversalTime());
            command.Parameters.AddWithValue(row.Id);
            var last = command.Parameters.Count;
            conditions.Add(string.Create(CultureInfo.InvariantCulture, $"(at, event_id) < (${last - 1}, ${last})"));
        }

        command.CommandText =
            "select event_id, at, type, subject_kind, subject_id, summary, actor, address, reason, command, correlation_id from admin_change "
            + (conditions.Count > 0 ? $"where {string.Join(" and ", conditions)} " : "")
            + "order by at desc, event_id desc limit $1";
        await using var read = await command.ExecuteReaderAsync(cancellation);
        var changes = new List<ChangeRow>();
        while (await read.ReadAsync(cancellation))
        {
            changes.Add(new ChangeRow(
                read.GetGuid(0), read.GetFieldValue<DateTimeOffset>(1), read.GetString(2), read.GetString(3), read.GetString(4), read.GetString(5),
                Text(read, 6), Text(read, 7), Text(read, 8), Text(read, 9), Text(read, 10)));
        }

        return changes;

        void Where(string condition, object value)
        {
            command.Parameters.AddWithValue(value);
            conditions.Add(condition + command.Parameters.Count.ToString(CultureInfo.InvariantCulture));
        }
    }

    private static string? Text(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);
}
