using Npgsql;
using NpgsqlTypes;

namespace Scalelite.Api.CommandLine.Explain;

/// <summary>A run of a meeting, as it is found by one of its ids.</summary>
internal sealed record KnownRun(
    Guid Instance, string TenantId, string MeetingId, string ServerId, string State, DateTimeOffset PlacedAt, DateTimeOffset? EndedAt)
{
    private const string Columns = "instance, tenant_id, meeting_id, server_id, state, placed_at, ended_at";

    /// <summary>
    /// By instance, else by meetingID, else by internalMeetingID: what a client may choose comes behind what is ours, and before what nodes make of it.
    /// Without a tenant each is asked; one that was removed must be named.
    /// </summary>
    internal const string FindSql =
        $"""
        select {Columns} from (
            (select 1 as rank, {Columns} from meeting_instance where instance = $2)
            union all
            (select 2, i.*
             from (select '' as id union select id from tenant union select $3::text where $3::text is not null) t
             cross join lateral (
                 select {Columns} from meeting_instance m where m.tenant_id = t.id and m.meeting_id = $1 order by m.placed_at desc limit 1) i
             where $3 is null or t.id = $3)
            union all
            (select 3, i.instance, i.tenant_id, i.meeting_id, i.server_id, i.state, i.placed_at, i.ended_at
             from meeting_internal_id n join meeting_instance i on i.instance = n.instance where n.internal_meeting_id = $1)) found
        where $3 is null or tenant_id = $3
        order by rank, placed_at desc limit 1
        """;

    internal const string RunsSql = $"select {Columns} from meeting_instance where tenant_id = $1 and meeting_id = $2 order by placed_at desc, instance desc limit $3";

    private const string TenantSql = "select id from tenant where name = $1";

    /// <summary>The latest run with this meetingID, the one with this internalMeetingID, or this one; null if there is none.</summary>
    /// <param name="tenantId">Only of this tenant; null: of any.</param>
    public static async Task<KnownRun?> FindAsync(NpgsqlDataSource database, string id, string? tenantId, CancellationToken cancellation)
    {
        if (id.Contains('\0', StringComparison.Ordinal)) return null;
        await using var command = database.CreateCommand(FindSql);
        command.Parameters.AddWithValue(id);
        command.Parameters.AddWithValue(Guid.TryParseExact(id, "D", out var instance) ? instance : Guid.Empty);
        command.Parameters.Add(new NpgsqlParameter { Value = (object?)tenantId ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text });
        return (await ReadAsync(command, cancellation)).FirstOrDefault();
    }

    /// <summary>The runs of a meetingID, the latest first.</summary>
    public static async Task<IReadOnlyList<KnownRun>> OfMeetingAsync(
        NpgsqlDataSource database, string tenantId, string meetingId, int most, CancellationToken cancellation)
    {
        await using var command = database.CreateCommand(RunsSql);
        command.Parameters.AddWithValue(tenantId);
        command.Parameters.AddWithValue(meetingId);
        command.Parameters.AddWithValue(most);
        return await ReadAsync(command, cancellation);
    }

    /// <summary>A tenant's id by its name; what is no name of a tenant is taken for an id: that of one that was removed is in no table.</summary>
    public static async Task<string> TenantIdAsync(NpgsqlDataSource database, string nameOrId, CancellationToken cancellation)
    {
        await using var command = database.CreateCommand(TenantSql);
        command.Parameters.AddWithValue(nameOrId);
        return await command.ExecuteScalarAsync(cancellation) as string ?? nameOrId;
    }

    private static async Task<List<KnownRun>> ReadAsync(NpgsqlCommand command, CancellationToken cancellation)
    {
        await using var row = await command.ExecuteReaderAsync(cancellation);
        var runs = new List<KnownRun>();
        while (await row.ReadAsync(cancellation))
        {
            runs.Add(new KnownRun(
                row.GetGuid(0), row.GetString(1), row.GetString(2), row.GetString(3), row.GetString(4), row.GetFieldValue<DateTimeOffset>(5),
                row.IsDBNull(6) ? null : row.GetFieldValue<DateTimeOffset>(6)));
        }

        return runs;
    }
}
