using Npgsql;

namespace Scalelite.Projections.Recordings;

/// <summary>A meeting that was created to be recorded and has ended, and whose archive has not arrived.</summary>
/// <param name="InternalMeetingId">The node's id of it, which is its recording's.</param>
public sealed record AwaitedArchive(string ServerId, string InternalMeetingId, string MeetingId, DateTimeOffset EndedAt);

/// <summary>Reads which archives nodes still owe. Whether anybody pressed the button no poll tells, so each is waited for a while only.</summary>
public sealed class AwaitedArchives(NpgsqlDataSource database)
{
    private const string Sql =
        """
        select n.server_id, n.internal_meeting_id, i.meeting_id, i.ended_at
        from meeting_instance i
        join meeting_internal_id n on n.instance = i.instance
        where i.record and i.state = 'ended' and i.ended_at > $1 and ($2::text is null or n.server_id = $2)
          and not exists (select from recording_catalog r where r.record_id = n.internal_meeting_id)
        order by i.ended_at, n.internal_meeting_id
        """;

    /// <summary>Those of meetings that ended after <paramref name="since"/>, the oldest first.</summary>
    /// <param name="serverId">Null: of all servers.</param>
    public async Task<IReadOnlyList<AwaitedArchive>> ListAsync(string? serverId, DateTimeOffset since, CancellationToken cancellation)
    {
        await using var command = database.CreateCommand(Sql);
        command.Parameters.AddWithValue(since.ToUniversalTime());
        command.Parameters.Add(new NpgsqlParameter { Value = serverId ?? (object)DBNull.Value });
        await using var rows = await command.ExecuteReaderAsync(cancellation);
        var awaited = new List<AwaitedArchive>();
        while (await rows.ReadAsync(cancellation))
            awaited.Add(new AwaitedArchive(rows.GetString(0), rows.GetString(1), rows.GetString(2), rows.GetFieldValue<DateTimeOffset>(3)));
        return awaited;
    }
}
