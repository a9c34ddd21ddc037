using Npgsql;
using Scalelite.Projections.Servers;

namespace Scalelite.Projections.Meetings;

/// <summary>Where a live meeting is, with its server.</summary>
/// <param name="Placing">Its node has not answered the create yet.</param>
/// <param name="Deadline">Of the create, while it is being placed.</param>
public sealed record MeetingLocation(
    string TenantId,
    string MeetingId,
    Guid Instance,
    bool Placing,
    string? InternalMeetingId,
    long? CreateTime,
    DateTimeOffset? Deadline,
    DateTimeOffset PlacedAt,
    PoolServer Server)
{
    /// <summary>The columns that <see cref="Read"/> reads, from <c>meeting_location m join server s</c>.</summary>
    public const string Columns =
        """
        m.tenant_id, m.meeting_id, m.instance, m.state, m.internal_meeting_id, m.create_time, m.deadline, m.placed_at,
        s.id, s.url, s.secret_fingerprint, s.state, s.health, s.offline_since
        """;

    /// <summary>Reads a row of <see cref="Columns"/>.</summary>
    public static MeetingLocation Read(NpgsqlDataReader row) => new(
        row.GetString(0),
        row.GetString(1),
        row.GetGuid(2),
        row.GetString(3) == "placing",
        row.IsDBNull(4) ? null : row.GetString(4),
        row.IsDBNull(5) ? null : row.GetInt64(5),
        row.IsDBNull(6) ? null : row.GetFieldValue<DateTimeOffset>(6),
        row.GetFieldValue<DateTimeOffset>(7),
        PoolServer.Read(row, 8));
}
