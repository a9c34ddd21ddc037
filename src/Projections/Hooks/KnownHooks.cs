using Npgsql;
using NpgsqlTypes;

namespace Scalelite.Projections.Hooks;

/// <summary>A hook as the read model knows it.</summary>
/// <param name="Number">What clients know it by.</param>
/// <param name="TenantId">Empty without tenants.</param>
/// <param name="MeetingId">Only of this meeting; null for all.</param>
/// <param name="EventIds">Only these events; null for all.</param>
/// <param name="Origin">Where its create came to.</param>
public sealed record KnownHook(
    Guid HookId, long Number, string TenantId, string? MeetingId, string? EventIds, bool GetRaw, string SignerFingerprint, string Origin, bool Destroyed);

/// <summary>Reads hooks.</summary>
public sealed class KnownHooks(NpgsqlDataSource database)
{
    private const string Select =
        "select hook_id, number, tenant_id, meeting_id, event_ids, get_raw, signer_fingerprint, origin, destroyed_at is not null from hook";

    /// <summary>One hook, also a destroyed one; null where there never was one.</summary>
    public async Task<KnownHook?> FindAsync(Guid hookId, CancellationToken cancellation)
    {
        await using var command = database.CreateCommand($"{Select} where hook_id = $1");
        command.Parameters.AddWithValue(hookId);
        return await ReadAsync(command, cancellation) is [var hook, ..] ? hook : null;
    }

    /// <summary>A tenant's hook by its number, if it is there.</summary>
    public async Task<KnownHook?> FindAsync(string tenantId, long number, CancellationToken cancellation)
    {
        await using var command = database.CreateCommand($"{Select} where tenant_id = $1 and number = $2 and destroyed_at is null");
        command.Parameters.AddWithValue(tenantId);
        command.Parameters.AddWithValue(number);
        return await ReadAsync(command, cancellation) is [var hook, ..] ? hook : null;
    }

    /// <summary>A tenant's hooks, by number.</summary>
    /// <param name="meetingId">Only those that hear of this meeting; null for all.</param>
    public async Task<IReadOnlyList<KnownHook>> ListAsync(string tenantId, string? meetingId, CancellationToken cancellation)
    {
        await using var command = database.CreateCommand(
            $"{Select} where tenant_id = $1 and destroyed_at is null and ($2::text is null or meeting_id is null or meeting_id = $2) order by number");
        command.Parameters.AddWithValue(tenantId);
        command.Parameters.Add(new NpgsqlParameter { Value = (object?)meetingId ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text });
        return await ReadAsync(command, cancellation);
    }

    /// <summary>Every tenant's, destroyed ones too.</summary>
    public async Task<IReadOnlyList<KnownHook>> ListAsync(CancellationToken cancellation)
    {
        await using var command = database.CreateCommand($"{Select} order by number");
        return await ReadAsync(command, cancellation);
    }

    private static async Task<IReadOnlyList<KnownHook>> ReadAsync(NpgsqlCommand command, CancellationToken cancellation)
    {
        await using var rows = await command.ExecuteReaderAsync(cancellation);
        var hooks = new List<KnownHook>();
        while (await rows.ReadAsync(cancellation))
        {
            hooks.Add(new KnownHook(
                rows.GetGuid(0), rows.GetInt64(1), rows.GetString(2), rows.IsDBNull(3) ? null : rows.GetString(3), rows.IsDBNull(4) ? null : rows.GetString(4),
                rows.GetBoolean(5), rows.GetString(6), rows.GetString(7), rows.GetBoolean(8)));
        }

        return hooks;
    }
}
