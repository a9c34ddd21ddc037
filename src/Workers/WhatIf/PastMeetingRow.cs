using Npgsql;

namespace Scalelite.Workers.WhatIf;

/// <summary>An event of a run as <c>past_meetings.sql</c> gives it; what its type does not have is null.</summary>
internal sealed record PastMeetingRow(
    string Stream,
    long Number,
    long Version,
    string Type,
    DateTimeOffset At,
    string TenantId,
    string MeetingId,
    string ServerId,
    string? Policy,
    string? Tag,
    int Candidates,
    double? PollAgeSeconds,
    int ElapsedMs,
    string? InternalMeetingId,
    long CreateTime,
    string? ParentMeetingId,
    string? ToServerId,
    bool Back,
    string? How,
    DateTimeOffset? EndedAt,
    int[] Curve)
{
    /// <summary>
    /// The runs of meetings, each with its whole story, in the order in which they began: their streams' keys hold UUIDs v7, so that the
    /// key of mt_events gives both at once, and neither polls nor a sort are in the way of a year. Parameters: after this stream and version,
    /// up to this stream, event types, at most so many.
    /// </summary>
    public const string Sql =
        """
        select e.stream_id, e.seq_id, e.version, e.type, p."At", p."TenantId", p."MeetingId", p."ServerId",
               p."Why"->>'Policy', p."Why"->>'Tag', (p."Why"->>'Candidates')::int, (p."Why"->'Considered'->0->>'PollAgeSeconds')::float8,
               p."ElapsedMs", p."InternalMeetingId", p."CreateTime", p."ParentMeetingId", p."ToServerId", p."Back", p."How", p."EndedAt", p."Curve"
        from mt_events e
        cross join lateral jsonb_to_record(e.data) as p(
            "At" timestamptz, "TenantId" text, "MeetingId" text, "ServerId" text, "Why" jsonb, "ElapsedMs" int, "InternalMeetingId" text, "CreateTime" bigint,
            "ParentMeetingId" text, "ToServerId" text, "Back" boolean, "How" text, "EndedAt" timestamptz, "Curve" int[])
        where (e.stream_id, e.version) > ($1, $2) and e.stream_id < $3 and e.type = any($4) and e.is_archived is not true
        order by e.stream_id, e.version
        limit $5
        """;

    public static PastMeetingRow Read(NpgsqlDataReader row) => new(
        row.GetString(0),
        row.GetInt64(1),
        row.GetInt64(2),
        row.GetString(3),
        row.GetFieldValue<DateTimeOffset>(4),
        Text(row, 5) ?? "",
        Text(row, 6) ?? "",
        Text(row, 7) ?? "",
        Text(row, 8),
        Text(row, 9),
        row.IsDBNull(10) ? 0 : row.GetInt32(10),
        row.IsDBNull(11) ? null : row.GetDouble(11),
        row.IsDBNull(12) ? 0 : row.GetInt32(12),
        Text(row, 13),
        row.IsDBNull(14) ? 0 : row.GetInt64(14),
        Text(row, 15),
        Text(row, 16),
        !row.IsDBNull(17) && row.GetBoolean(17),
        Text(row, 18),
        row.IsDBNull(19) ? null : row.GetFieldValue<DateTimeOffset>(19),
        row.IsDBNull(20) ? [] : row.GetFieldValue<int[]>(20));

    private static string? Text(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);
}
