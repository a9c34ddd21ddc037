using Npgsql;

namespace Scalelite.Projections.Tenants;

/// <summary>A live meeting and whose it is.</summary>
public sealed record TenantMeeting(string ServerId, string MeetingId, string? InternalMeetingId, string TenantId);

/// <summary>Reads whose the live meetings are, for lists that go through all nodes.</summary>
public sealed class TenantMeetings(NpgsqlDataSource database)
{
    /// <summary>Every live meeting.</summary>
    public async Task<IReadOnlyList<TenantMeeting>> ListAsync(CancellationToken cancellation)
    {
        await using var command = database.CreateCommand("select server_id, meeting_id, internal_meeting_id, tenant_id from meeting_location");
        await using var rows = await command.ExecuteReaderAsync(cancellation);
        var meetings = new List<TenantMeeting>();
        while (await rows.ReadAsync(cancellation))
        {
            meetings.Add(new TenantMeeting(rows.GetString(0), rows.GetString(1), rows.IsDBNull(2) ? null : rows.GetString(2), rows.GetString(3)));
        }

        return meetings;
    }
}
