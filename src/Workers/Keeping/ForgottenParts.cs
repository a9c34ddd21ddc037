using Npgsql;
using Scalelite.Domain;

namespace Scalelite.Workers.Keeping;

/// <summary>What belongs to a meeting, a recording or a tenant that is to be forgotten, and whether it may be.</summary>
internal sealed class ForgottenParts(NpgsqlDataSource database)
{
    /// <summary>The streams that hold it; empty where there is none.</summary>
    public async Task<IReadOnlyList<string>> StreamsAsync(ForgetSubject subject, CancellationToken cancellation) => subject switch
    {
        ForgetSubject.Meeting meeting => await ThereAsync(Streams.Meeting(meeting.Instance), cancellation),
        ForgetSubject.Recording recording => await ThereAsync(Streams.Recording(recording.RecordId), cancellation),
        ForgetSubject.Tenant tenant => await OfTenantAsync(tenant.TenantId, cancellation),
        _ => [],
    };

    /// <summary>Why it may not be forgotten now, as far as a tenant is concerned; null where it may.</summary>
    public async Task<string?> WhyNotAsync(ForgetSubject subject, bool force, CancellationToken cancellation)
    {
        if (subject is not ForgetSubject.Tenant { TenantId: var tenant }) return null;
        await using var command = database.CreateCommand(
            """
            select exists (select from tenant where id = $1),
                   (select count(*) from meeting_location where tenant_id = $1 and tenant_id <> ''),
                   (select coalesce(sum(recordings), 0)::bigint from recording_count where tenant_id = $1 and state <> 'deleted')
            """);
        command.Parameters.AddWithValue(tenant);
        await using var row = await command.ExecuteReaderAsync(cancellation);
        await row.ReadAsync(cancellation);
        return row.GetBoolean(0) ? $"Tenant {tenant} is there: remove it first"
            : row.GetInt64(1) > 0 ? $"Tenant {tenant} has {row.GetInt64(1)} meetings that go on"
            : row.GetInt64(2) > 0 && !force ? $"Tenant {tenant} has {row.GetInt64(2)} recordings that are not deleted: delete them first, or force it, and they go on without name and metadata"
            : null;
    }

    /// <summary>Asked again where no writer can come in between.</summary>
    public static async Task<string?> WhyNotAsync(NpgsqlConnection connection, string[] streams, bool force, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(
            """
            select 'Meeting ' || instance || ' goes on: end it first' from meeting_instance where instance = any($1) and state in ('placing', 'live')
            union all
            select 'Recording ' || record_id || ' is ' || state || ': delete it first, or force it, and it goes on without name and metadata'
            from recording_catalog where record_id = any($2) and state <> 'deleted' and not $3
            limit 1
            """,
            connection);
        command.Parameters.AddWithValue(Meetings(streams));
        command.Parameters.AddWithValue(Recordings(streams));
        command.Parameters.AddWithValue(force);
        return await command.ExecuteScalarAsync(cancellation) as string;
    }

    /// <summary>Removes what is sealed for them: the callback URLs that creates named, moderators' passwords, URLs and bodies of callbacks.</summary>
    /// <returns>How many.</returns>
    public static async Task<int> RemoveSecretsAsync(NpgsqlConnection connection, string[] streams, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(
            """
            delete from secret where (owner, kind, n) in (
                select owner, kind, n from secret where owner = any($3) and (kind like 'callback:%' or kind = 'moderator-password')
                union all
                select s.owner, s.kind, s.n
                from callback_queue q join secret s on s.owner = 'callback-' || q.callback_id
                where q.instance = any($1) or q.record_id = any($2))
            """,
            connection);
        command.Parameters.AddWithValue(Meetings(streams));
        command.Parameters.AddWithValue(Recordings(streams));
        command.Parameters.AddWithValue(Meetings(streams).Select(instance => instance.ToString()).ToArray());
        return await command.ExecuteNonQueryAsync(cancellation);
    }

    private static Guid[] Meetings(string[] streams) => [.. streams.Select(Streams.MeetingOf).OfType<Guid>()];

    private static string[] Recordings(string[] streams) => [.. streams.Select(Streams.RecordingOf).OfType<string>()];

    private async Task<IReadOnlyList<string>> ThereAsync(string stream, CancellationToken cancellation)
    {
        await using var command = database.CreateCommand("select id from mt_streams where id = $1");
        command.Parameters.AddWithValue(stream);
        return await command.ExecuteScalarAsync(cancellation) is string there ? [there] : [];
    }

    private async Task<IReadOnlyList<string>> OfTenantAsync(string tenant, CancellationToken cancellation)
    {
        if (await ThereAsync(Streams.Tenant(tenant), cancellation) is not [var own]) return [];
        await using var command = database.CreateCommand(
            """
            select 'meeting-' || instance from meeting_instance where tenant_id = $1
            union all
            select 'recording-' || record_id from recording_catalog where tenant_id = $1
            """);
        command.Parameters.AddWithValue(tenant);
        await using var row = await command.ExecuteReaderAsync(cancellation);
        var streams = new List<string> { own };
        while (await row.ReadAsync(cancellation)) streams.Add(row.GetString(0));
        return streams;
    }
}
