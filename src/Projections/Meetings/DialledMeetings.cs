using Npgsql;

namespace Scalelite.Projections.Meetings;

/// <summary>A live meeting that a number leads to.</summary>
/// <param name="Host">Of its server.</param>
public sealed record DialledMeeting(string TenantId, string MeetingId, Guid Instance, string ServerId, string Host);

/// <summary>Finds meetings by the numbers that callers key in.</summary>
public sealed class DialledMeetings(NpgsqlDataSource database)
{
    private const string Sql =
        """
        select m.tenant_id, m.meeting_id, m.instance, s.id, s.host
        from voice_bridge v join meeting_location m on m.instance = v.instance join server s on s.id = m.server_id
        where v.number = any($1) and ($2::text is null or m.tenant_id = $2)
        order by length(v.number) desc, m.placed_at limit 1
        """;

    /// <summary>
    /// The meeting of a number; of a breakout room that no poll has shown yet its parent, whose number it has with one digit more.
    /// </summary>
    /// <param name="tenantId">Only this tenant's; null looks at all, since a number belongs to one meeting among all tenants.</param>
    /// <param name="number">Digits.</param>
    public async Task<DialledMeeting?> FindAsync(string? tenantId, string number, CancellationToken cancellation)
    {
        string[] numbers = number.Length > 1 ? [number, number[..^1]] : [number];
        await using var command = database.CreateCommand(Sql);
        command.Parameters.AddWithValue(numbers);
        command.Parameters.Add(new NpgsqlParameter { Value = tenantId ?? (object)DBNull.Value });
        await using var row = await command.ExecuteReaderAsync(cancellation);
        return await row.ReadAsync(cancellation)
            ? new DialledMeeting(row.GetString(0), row.GetString(1), row.GetGuid(2), row.GetString(3), row.GetString(4))
            : null;
    }
}
