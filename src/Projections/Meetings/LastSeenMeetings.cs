using System.Text.Json;
using Npgsql;

namespace Scalelite.Projections.Meetings;

/// <summary>A meeting as its server's last good poll showed it, with what its create said.</summary>
/// <param name="CreateTime">Epoch milliseconds on the node's clock.</param>
/// <param name="Users">All users, moderators included.</param>
public sealed record LastSeenMeeting(
    string ServerId,
    string MeetingId,
    string InternalMeetingId,
    long CreateTime,
    int Users,
    int Moderators,
    int Voice,
    int Videos,
    bool Recording,
    bool IsBreakout,
    string? ParentMeetingId,
    string? Name,
    string? VoiceBridge,
    IReadOnlyDictionary<string, string> Metadata);

/// <summary>Reads what the last polls showed, for servers that do not answer now.</summary>
public sealed class LastSeenMeetings(NpgsqlDataSource database)
{
    private const string Select =
        """
        select p.server_id, p.meeting_id, p.internal_meeting_id, p.create_time, p.users, p.moderators, p.voice, p.videos, p.recording,
               p.is_breakout, p.parent_meeting_id, i.name, i.voice_bridge, coalesce(i.metadata, '{}')::text
        from polled_meeting p
        join server_load l on l.server_id = p.server_id and l.answered_round = p.round
        left join meeting_location m on m.server_id = p.server_id and m.meeting_id = p.meeting_id
        left join meeting_instance i on i.instance = coalesce(m.instance, p.instance)
        """;

    private const string OnServersSql = $"{Select} where p.server_id = any($1) order by p.create_time";

    private const string OneSql = $"{Select} where p.server_id = $1 and p.meeting_id = $2";

    /// <summary>The meetings of these servers, the oldest first.</summary>
    public async Task<IReadOnlyList<LastSeenMeeting>> OnServersAsync(IReadOnlyCollection<string> serverIds, CancellationToken cancellation)
    {
        await using var command = database.CreateCommand(OnServersSql);
        command.Parameters.AddWithValue(serverIds.ToArray());
        return await ReadAsync(command, cancellation);
    }

    /// <summary>One meeting of a server, or null where the last good poll did not show it.</summary>
    public async Task<LastSeenMeeting?> FindAsync(string serverId, string meetingId, CancellationToken cancellation)
    {
        await using var command = database.CreateCommand(OneSql);
        command.Parameters.AddWithValue(serverId);
        command.Parameters.AddWithValue(meetingId);
        return await ReadAsync(command, cancellation) is [var found, ..] ? found : null;
    }

    private static async Task<IReadOnlyList<LastSeenMeeting>> ReadAsync(NpgsqlCommand command, CancellationToken cancellation)
    {
        await using var rows = await command.ExecuteReaderAsync(cancellation);
        var meetings = new List<LastSeenMeeting>();
        while (await rows.ReadAsync(cancellation))
        {
            meetings.Add(new LastSeenMeeting(
                rows.GetString(0),
                rows.GetString(1),
                rows.GetString(2),
                rows.GetInt64(3),
                rows.GetInt32(4),
                rows.GetInt32(5),
                rows.GetInt32(6),
                rows.GetInt32(7),
                rows.GetBoolean(8),
                rows.GetBoolean(9),
                rows.IsDBNull(10) ? null : rows.GetString(10),
                rows.IsDBNull(11) ? null : rows.GetString(11),
                rows.IsDBNull(12) ? null : rows.GetString(12),
                JsonSerializer.Deserialize<Dictionary<string, string>>(rows.GetString(13))!));
        }

        return meetings;
    }
}
