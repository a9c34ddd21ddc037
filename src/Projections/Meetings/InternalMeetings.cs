using Npgsql;

namespace Scalelite.Projections.Meetings;

/// <summary>Whose an internalMeetingID is.</summary>
/// <param name="Instance">The run that had it; where several name it, the first.</param>
/// <param name="TenantId">Empty without tenants.</param>
/// <param name="ServerId">The server on which the run had it; it may be gone.</param>
public sealed record InternalMeeting(string InternalMeetingId, Guid Instance, string TenantId, string MeetingId, string ServerId);

/// <summary>Finds runs by the ids that nodes gave them, also of copies that they left and after their end: for recordings and analytics.</summary>
public sealed class InternalMeetings(NpgsqlDataSource database)
{
    private const string Sql =
        """
        select n.internal_meeting_id, n.instance, i.tenant_id, i.meeting_id, n.server_id
        from meeting_internal_id n join meeting_instance i on i.instance = n.instance
        where n.internal_meeting_id = $1
        """;

    /// <summary>The run that had this internalMeetingID; null where none of ours ever did.</summary>
    public async Task<InternalMeeting?> FindAsync(string internalMeetingId, CancellationToken cancellation)
    {
        await using var command = database.CreateCommand(Sql);
        command.Parameters.AddWithValue(internalMeetingId);
        await using var row = await command.ExecuteReaderAsync(cancellation);
        return await row.ReadAsync(cancellation)
            ? new InternalMeeting(row.GetString(0), row.GetGuid(1), row.GetString(2), row.GetString(3), row.GetString(4))
            : null;
    }
}
