using Npgsql;
using NpgsqlTypes;
using Scalelite.Domain.History;
using Scalelite.Workers.History;

namespace Scalelite.Api.CommandLine.Meetings;

/// <summary>A live meeting as commands print it.</summary>
/// <param name="Users">In the last poll; null if none has shown it yet.</param>
internal sealed record MeetingRow(
    string MeetingId,
    string TenantId,
    string? Name,
    string ServerId,
    string State,
    string? InternalMeetingId,
    Guid Instance,
    string? VoiceBridge,
    int? Users,
    DateTimeOffset PlacedAt)
{
    /// <summary>The columns of its table.</summary>
    public static readonly Column<MeetingRow>[] Columns =
    [
        new("meeting", row => row.MeetingId),
        new("tenant", row => row.TenantId),
        new("server", row => row.ServerId),
        new("state", row => row.State),
        new("users", row => row.Users?.ToString(System.Globalization.CultureInfo.InvariantCulture), IsNumber: true),
        new("internal id", row => row.InternalMeetingId),
        new("placed at", row => row.PlacedAt.UtcDateTime.ToString("u", System.Globalization.CultureInfo.InvariantCulture)),
    ];

    private const string Sql =
        """
        select m.meeting_id, m.tenant_id, i.name, m.server_id, m.state, m.internal_meeting_id, m.instance, i.voice_bridge, p.users, m.placed_at
        from meeting_location m
        join meeting_instance i on i.instance = m.instance
        left join polled_meeting p on p.server_id = m.server_id and p.internal_meeting_id = m.internal_meeting_id
        """;

    /// <summary>Meetings as they were, the oldest first, without names.</summary>
    public static IReadOnlyList<MeetingRow> Of(PoolMoment moment, Func<PastMeeting, bool> isMeant) =>
    [
        .. moment.State.Meetings.Values.Where(isMeant).OrderBy(meeting => meeting.PlacedAt).ThenBy(meeting => meeting.Instance).Select(meeting => new MeetingRow(
            meeting.MeetingId, meeting.TenantId, null, meeting.ServerId, meeting.Placing ? "placing" : "live", meeting.InternalMeetingId, meeting.Instance,
            meeting.VoiceBridge, moment.UsersOf(meeting), meeting.PlacedAt)),
    ];

    /// <summary>The same with their names as they are known today, so that one that was forgotten since is.</summary>
    public static async Task<IReadOnlyList<MeetingRow>> NamedAsync(NpgsqlDataSource database, IReadOnlyList<MeetingRow> rows, CancellationToken cancellation)
    {
        if (rows.Count == 0) return rows;
        await using var command = database.CreateCommand("select instance, name from meeting_instance where instance = any($1) and name is not null");
        command.Parameters.AddWithValue(rows.Select(row => row.Instance).ToArray());
        var names = new Dictionary<Guid, string>();
        await using var found = await command.ExecuteReaderAsync(cancellation);
        while (await found.ReadAsync(cancellation)) names[found.GetGuid(0)] = found.GetString(1);
        return [.. rows.Select(row => row with { Name = names.GetValueOrDefault(row.Instance) })];
    }

    /// <summary>Live meetings, the oldest first; only those with these meetingIDs, if any are given.</summary>
    public static Task<IReadOnlyList<MeetingRow>> ListAsync(NpgsqlDataSource database, IReadOnlyCollection<string> meetingIds, CancellationToken cancellation) =>
        ReadAsync(database, meetingIds.Count == 0 ? "" : "where m.meeting_id = any($1)", meetingIds, cancellation);

    /// <summary>The live meetings of these servers, the oldest first; of all, if none are given.</summary>
    public static Task<IReadOnlyList<MeetingRow>> OnServersAsync(NpgsqlDataSource database, IReadOnlyCollection<string> serverIds, CancellationToken cancellation) =>
        ReadAsync(database, serverIds.Count == 0 ? "" : "where m.server_id = any($1)", serverIds, cancellation);

    /// <summary>Live meetings from the oldest on.</summary>
    /// <param name="after">Only those behind this one.</param>
    public static async Task<IReadOnlyList<MeetingRow>> PageAsync(
        NpgsqlDataSource database, MeetingFilter filter, (DateTimeOffset At, Guid Instance)? after, int limit, CancellationToken cancellation)
    {
        await using var command = database.CreateCommand();
        List<string> conditions = [];
        foreach (var (column, value) in filter.Columns)
        {
            if (value is null) continue;
            command.Parameters.AddWithValue(value);
            conditions.Add($"{column} = ${command.Parameters.Count}");
        }

        if (after is { } row)
        {
            command.Parameters.AddWithValue(row.At);
            command.Parameters.AddWithValue(row.Instance);
            conditions.Add($"(m.placed_at, m.instance) > (${command.Parameters.Count - 1}, ${command.Parameters.Count})");
        }

        command.Parameters.AddWithValue(limit);
        var where = conditions.Count > 0 ? $"where {string.Join(" and ", conditions)}" : "";
        command.CommandText = $"{Sql} {where} order by m.placed_at, m.instance limit ${command.Parameters.Count}";
        return await ReadAsync(command, cancellation);
    }

    private static async Task<IReadOnlyList<MeetingRow>> ReadAsync(
        NpgsqlDataSource database, string where, IReadOnlyCollection<string> ids, CancellationToken cancellation)
    {
        await using var command = database.CreateCommand($"{Sql} {where} order by m.placed_at, m.instance");
        if (ids.Count > 0) command.Parameters.Add(new NpgsqlParameter { Value = ids.ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text });
        return await ReadAsync(command, cancellation);
    }

    private static async Task<IReadOnlyList<MeetingRow>> ReadAsync(NpgsqlCommand command, CancellationToken cancellation)
    {
        await using var row = await command.ExecuteReaderAsync(cancellation);
        var meetings = new List<MeetingRow>();
        while (await row.ReadAsync(cancellation))
        {
            meetings.Add(new MeetingRow(
                row.GetString(0), row.GetString(1), Text(row, 2), row.GetString(3), row.GetString(4), Text(row, 5), row.GetGuid(6), Text(row, 7),
                row.IsDBNull(8) ? null : row.GetInt32(8), row.GetFieldValue<DateTimeOffset>(9)));
        }

        return meetings;
    }

    private static string? Text(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);
}

/// <summary>Which live meetings are meant; null: all.</summary>
/// <param name="State"><c>placing</c> or <c>live</c>.</param>
internal sealed record MeetingFilter(string? TenantId, string? ServerId, string? MeetingId, string? State)
{
    /// <summary>What each is compared with.</summary>
    public IReadOnlyList<(string Column, string? Value)> Columns =>
        [("m.tenant_id", TenantId), ("m.server_id", ServerId), ("m.meeting_id", MeetingId), ("m.state", State)];

    /// <summary>Whether a meeting of the past is meant.</summary>
    public bool Means(PastMeeting meeting) =>
        (TenantId ?? meeting.TenantId) == meeting.TenantId && (ServerId ?? meeting.ServerId) == meeting.ServerId
        && (MeetingId ?? meeting.MeetingId) == meeting.MeetingId && (State is null || State == "placing" == meeting.Placing);
}
