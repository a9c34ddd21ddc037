using Npgsql;
using Scalelite.Domain.Tenants;

namespace Scalelite.Projections.Tenants;

/// <summary>A tenant as the read models know it.</summary>
/// <param name="SecretFingerprints">Of the secrets that its clients may sign with.</param>
/// <param name="Settings">In the order of their parameters.</param>
public sealed record ListedTenant(
    string Id,
    string Name,
    IReadOnlyList<string> SecretFingerprints,
    bool Enabled,
    int? MeetingQuota,
    int? UserQuota,
    int? RetentionDays,
    string? LrsEndpoint,
    string? LrsTokenUrl,
    string? LrsFingerprint,
    IReadOnlyList<TenantSetting> Settings);

/// <summary>Reads the tenants.</summary>
public sealed class TenantList(NpgsqlDataSource database)
{
    private const string TenantsSql =
        """
        select id, name, secret_fingerprints, enabled, meeting_quota, user_quota, retention_days, lrs_endpoint, lrs_token_url, lrs_fingerprint
        from tenant order by added_at, id
        """;

    private const string SettingsSql = "select tenant_id, id, param, value, override from tenant_setting order by param, override";

    /// <summary>All of them with their settings, in the order in which they came; one round trip.</summary>
    public async Task<IReadOnlyList<ListedTenant>> ListAsync(CancellationToken cancellation)
    {
        await using var batch = database.CreateBatch();
        batch.BatchCommands.Add(new NpgsqlBatchCommand(SettingsSql));
        batch.BatchCommands.Add(new NpgsqlBatchCommand(TenantsSql));
        await using var rows = await batch.ExecuteReaderAsync(cancellation);
        var settings = new List<(string TenantId, TenantSetting Setting)>();
        while (await rows.ReadAsync(cancellation))
        {
            settings.Add((rows.GetString(0), new TenantSetting(rows.GetString(1), rows.GetString(2), rows.GetString(3), rows.GetBoolean(4))));
        }

        var settingsOf = settings.ToLookup(s => s.TenantId, s => s.Setting, StringComparer.Ordinal);
        await rows.NextResultAsync(cancellation);
        var tenants = new List<ListedTenant>();
        while (await rows.ReadAsync(cancellation))
        {
            var id = rows.GetString(0);
            tenants.Add(new ListedTenant(
                id, rows.GetString(1), rows.GetFieldValue<string[]>(2), rows.GetBoolean(3), Number(rows, 4), Number(rows, 5), Number(rows, 6),
                Text(rows, 7), Text(rows, 8), Text(rows, 9), [.. settingsOf[id]]));
        }

        return tenants;
    }

    /// <summary>How long the recordings of each tenant are kept that says so itself, by its id.</summary>
    public async Task<IReadOnlyDictionary<string, TimeSpan>> RetentionAsync(CancellationToken cancellation)
    {
        await using var command = database.CreateCommand("select id, retention_days from tenant where retention_days is not null");
        await using var rows = await command.ExecuteReaderAsync(cancellation);
        var retention = new Dictionary<string, TimeSpan>(StringComparer.Ordinal);
        while (await rows.ReadAsync(cancellation))
        {
            retention[rows.GetString(0)] = TimeSpan.FromDays(rows.GetInt32(1));
        }

        return retention;
    }

    private static int? Number(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetInt32(column);

    private static string? Text(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);
}
