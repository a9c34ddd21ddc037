using Npgsql;

namespace Scalelite.Projections.Meetings;

/// <summary>A run of a meeting, live or over.</summary>
/// <param name="State"><c>placing</c>, <c>live</c>, <c>ended</c> or <c>failed</c>.</param>
/// <param name="ServerTag">The tag that its server has now.</param>
/// <param name="EndRelayed">Its node was given a URL of ours to call at the end.</param>
/// <param name="CreateTimes">Of all its copies, epoch milliseconds on their nodes' clocks.</param>
public sealed record MeetingRun(
    Guid Instance,
    string TenantId,
    string MeetingId,
    string ServerId,
    string State,
    string? InternalMeetingId,
    string? Name,
    string? VoiceBridge,
    IReadOnlyList<long> CreateTimes,
    string? ModeratorPasswordFingerprint,
    DateTimeOffset PlacedAt,
    DateTimeOffset? EndedAt,
    string? How,
    int Moves,
    string? ServerTag,
    bool EndRelayed);

/// <summary>Reads runs of meetings.</summary>
public sealed class MeetingRuns(NpgsqlDataSource database)
{
    private const string Select =
        """
        select i.instance, i.tenant_id, i.meeting_id, i.server_id, i.state, i.internal_meeting_id, i.name, i.voice_bridge, i.create_times,
               i.moderator_password_fingerprint, i.placed_at, i.ended_at, i.how, i.moves, s.tag, i.end_relayed
        from meeting_instance i
        left join server s on s.id = i.server_id
        """;

    /// <summary>One run, or null.</summary>
    public async Task<MeetingRun?> FindAsync(Guid instance, CancellationToken cancellation)
    {
        await using var command = database.CreateCommand($"{Select} where i.instance = $1");
        command.Parameters.AddWithValue(instance);
        return await ReadAsync(command, cancellation) is [var found, ..] ? found : null;
    }

    /// <summary>The runs of a meeting, the latest first.</summary>
    public async Task<IReadOnlyList<MeetingRun>> OfMeetingAsync(string tenantId, string meetingId, int most, CancellationToken cancellation)
    {
        await using var command = database.CreateCommand(
            $"{Select} where i.tenant_id = $1 and i.meeting_id = $2 order by i.placed_at desc, i.instance desc limit $3");
        command.Parameters.AddWithValue(tenantId);
        command.Parameters.AddWithValue(meetingId);
        command.Parameters.AddWithValue(most);
        return await ReadAsync(command, cancellation);
    }

    private static async Task<IReadOnlyList<MeetingRun>> ReadAsync(NpgsqlCommand command, CancellationToken cancellation)
    {
        await using var rows = await command.ExecuteReaderAsync(cancellation);
        var runs = new List<MeetingRun>();
        while (await rows.ReadAsync(cancellation))
        {
            runs.Add(new MeetingRun(
                rows.GetGuid(0),
                rows.GetString(1),
                rows.GetString(2),
                rows.GetString(3),
                rows.GetString(4),
                rows.IsDBNull(5) ? null : rows.GetString(5),
                rows.IsDBNull(6) ? null : rows.GetString(6),
                rows.IsDBNull(7) ? null : rows.GetString(7),
                rows.GetFieldValue<long[]>(8),
                rows.IsDBNull(9) ? null : rows.GetString(9),
                rows.GetFieldValue<DateTimeOffset>(10),
                rows.IsDBNull(11) ? null : rows.GetFieldValue<DateTimeOffset>(11),
                rows.IsDBNull(12) ? null : rows.GetString(12),
                rows.GetInt32(13),
                rows.IsDBNull(14) ? null : rows.GetString(14),
                rows.GetBoolean(15)));
        }

        return runs;
    }
}
