using Npgsql;

namespace Scalelite.Projections.Meetings;

/// <summary>Reads where meetings are.</summary>
public sealed class MeetingLocations(NpgsqlDataSource database)
{
    private const string FindSql =
        $"select {MeetingLocation.Columns} from meeting_location m join server s on s.id = m.server_id where m.tenant_id = $1 and m.meeting_id = $2";

    private const string ByMeetingIdSql =
        $"select {MeetingLocation.Columns} from meeting_location m join server s on s.id = m.server_id where m.meeting_id = any($1)";

    private const string ByServerSql =
        $"select {MeetingLocation.Columns} from meeting_location m join server s on s.id = m.server_id where m.server_id = $1 order by m.placed_at";

    private const string AllSql =
        $"select {MeetingLocation.Columns} from meeting_location m join server s on s.id = m.server_id order by m.placed_at, m.instance";

    /// <summary>Where a tenant's meeting is, or null.</summary>
    public async Task<MeetingLocation?> FindAsync(string tenantId, string meetingId, CancellationToken cancellation)
    {
        await using var command = database.CreateCommand(FindSql);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = tenantId });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = meetingId });
        await using var row = await command.ExecuteReaderAsync(cancellation);
        return await row.ReadAsync(cancellation) ? MeetingLocation.Read(row) : null;
    }

    /// <summary>The live meetings of one server, the oldest first.</summary>
    public Task<IReadOnlyList<MeetingLocation>> OnServerAsync(string serverId, CancellationToken cancellation) =>
        ListAsync(ByServerSql, serverId, cancellation);

    /// <summary>Every live meeting, the oldest first.</summary>
    public Task<IReadOnlyList<MeetingLocation>> ListAsync(CancellationToken cancellation) => ListAsync(AllSql, null, cancellation);

    /// <summary>The locations of these meetingIDs in every tenant, as a statement for a batch.</summary>
    public static NpgsqlBatchCommand ByMeetingIds(IReadOnlyCollection<string> meetingIds) => new(ByMeetingIdSql)
    {
        Parameters = { new() { Value = meetingIds.ToArray() } },
    };

    /// <summary>Reads the rows of a statement over <see cref="MeetingLocation.Columns"/>.</summary>
    public static async Task<IReadOnlyList<MeetingLocation>> ReadAsync(NpgsqlDataReader rows, CancellationToken cancellation)
    {
        var locations = new List<MeetingLocation>();
        while (await rows.ReadAsync(cancellation))
        {
            locations.Add(MeetingLocation.Read(rows));
        }

        return locations;
    }

    private async Task<IReadOnlyList<MeetingLocation>> ListAsync(string sql, string? parameter, CancellationToken cancellation)
    {
        await using var command = database.CreateCommand(sql);
        if (parameter is not null)
        {
            command.Parameters.AddWithValue(parameter);
        }

        await using var rows = await command.ExecuteReaderAsync(cancellation);
        return await ReadAsync(rows, cancellation);
    }
}
