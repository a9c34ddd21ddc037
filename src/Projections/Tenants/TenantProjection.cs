using Scalelite.Domain.Tenants;

namespace Scalelite.Projections.Tenants;

/// <summary>
/// Fills <c>tenant</c> and <c>tenant_setting</c>: a row changes by its own stream alone. Only tenants that are gone are forgotten, so no row
/// has to follow: what is replayed of them has a name until they go, and their id is one that nobody else has.
/// </summary>
public sealed class TenantProjection : IProjection
{
    /// <inheritdoc/>
    public Task ApplyAsync(IDocumentOperations operations, IReadOnlyList<IEvent> events, CancellationToken cancellation)
    {
        foreach (var @event in events)
        {
            Apply(operations, @event.Data);
        }

        return Task.CompletedTask;
    }

    private static void Apply(IDocumentOperations operations, object @event)
    {
        switch (@event)
        {
            case TenantAdded e:
                operations.QueueSqlCommand(
                    "insert into tenant (id, name, secret_fingerprints, added_at) values (?, ?, ?, ?)",
                    e.TenantId, e.Name ?? e.TenantId, e.SecretFingerprints.ToArray(), e.At.ToUniversalTime());
                break;
            case TenantRenamed e:
                operations.QueueSqlCommand("update tenant set name = ? where id = ?", e.Name ?? e.TenantId, e.TenantId);
                break;
            case TenantSecretRotated e:
                operations.QueueSqlCommand("update tenant set secret_fingerprints = ? where id = ?", e.SecretFingerprints.ToArray(), e.TenantId);
                break;
            case TenantSettingSet e:
                operations.QueueSqlCommand(
                    """
                    insert into tenant_setting (id, tenant_id, param, value, override) values (?, ?, ?, ?, ?)
                    on conflict (id) do update set value = excluded.value
                    """,
                    e.SettingId, e.TenantId, e.Param, e.Value ?? "", e.Override);
                break;
            case TenantSettingCleared e:
                operations.QueueSqlCommand("delete from tenant_setting where id = ?", e.SettingId);
                break;
            case TenantQuotaSet e:
                operations.QueueSqlCommand(
                    "update tenant set meeting_quota = ?::int, user_quota = ?::int where id = ?", OrNull(e.Meetings), OrNull(e.Users), e.TenantId);
                break;
            case TenantRetentionSet e:
                operations.QueueSqlCommand("update tenant set retention_days = ?::int where id = ?", OrNull(e.Days), e.TenantId);
                break;
            case TenantLrsSet e:
                operations.QueueSqlCommand(
                    "update tenant set lrs_endpoint = ?, lrs_token_url = ?::text, lrs_fingerprint = ? where id = ?",
                    e.Endpoint, e.TokenUrl ?? (object)DBNull.Value, e.CredentialsFingerprint, e.TenantId);
                break;
            case TenantLrsCleared e:
                operations.QueueSqlCommand(
                    "update tenant set lrs_endpoint = null, lrs_token_url = null, lrs_fingerprint = null where id = ?", e.TenantId);
                break;
            case TenantDisabled e:
                operations.QueueSqlCommand("update tenant set enabled = false where id = ?", e.TenantId);
                break;
            case TenantEnabled e:
                operations.QueueSqlCommand("update tenant set enabled = true where id = ?", e.TenantId);
                break;
            case TenantRemoved e:
                operations.QueueSqlCommand("delete from tenant where id = ?", e.TenantId);
                operations.QueueSqlCommand("delete from tenant_setting where tenant_id = ?", e.TenantId);
                break;
        }
    }

    private static object OrNull(int? value) => value ?? (object)DBNull.Value;
}
