using Npgsql;

namespace Scalelite.Workers.Callbacks;

/// <summary>Reads what a recording-ready callback is made of.</summary>
public sealed class ArrivedRecordings(NpgsqlDataSource database)
{
    // A recording's id is the internalMeetingID of the run that it was made of, on whichever server.
    private const string Sql =
        """
        select c.meeting_id, coalesce(c.instance, m.instance, r.instance), c.tenant_id
        from recording_catalog c
        left join meeting_internal_id m on m.internal_meeting_id = c.internal_meeting_id
        left join meeting_internal_id r on r.internal_meeting_id = c.record_id
        where c.record_id = $1 and c.state <> 'deleted'
        """;

    /// <summary>The recording and the run that it was made of; null where it is not there any more.</summary>
    public async Task<ArrivedRecording?> FindAsync(string recordId, CancellationToken cancellation)
    {
        await using var command = database.CreateCommand(Sql);
        command.Parameters.AddWithValue(recordId);
        await using var row = await command.ExecuteReaderAsync(cancellation);
        return await row.ReadAsync(cancellation)
            ? new ArrivedRecording(row.GetString(0), row.IsDBNull(1) ? null : row.GetGuid(1), row.GetString(2))
            : null;
    }
}

/// <summary>A recording in the catalog.</summary>
/// <param name="MeetingId">The client's meetingID.</param>
/// <param name="Instance">The run that it was made of; null where that is none of ours.</param>
/// <param name="TenantId">Whose it is; empty without tenants.</param>
public sealed record ArrivedRecording(string MeetingId, Guid? Instance, string TenantId);
