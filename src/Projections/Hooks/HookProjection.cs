using Scalelite.Domain.Hooks;

namespace Scalelite.Projections.Hooks;

/// <summary>Fills <c>hook</c>. A row belongs to one stream.</summary>
public sealed class HookProjection : IProjection
{
    /// <inheritdoc/>
    public Task ApplyAsync(IDocumentOperations operations, IReadOnlyList<IEvent> events, CancellationToken cancellation)
    {
        foreach (var @event in events)
        {
            switch (@event.Data)
            {
                case HookCreated e:
                    Created(operations, e);
                    break;
                case HookDestroyed e:
                    operations.QueueSqlCommand("update hook set destroyed_at = ? where hook_id = ?", e.At.ToUniversalTime(), e.HookId);
                    break;
            }
        }

        return Task.CompletedTask;
    }

    private static void Created(IDocumentOperations operations, HookCreated e) => operations.QueueSqlCommand(
        """
        insert into hook (hook_id, number, tenant_id, meeting_id, event_ids, get_raw, host, url_fingerprint, signer_fingerprint, origin, created_at)
        values (?, ?, ?, ?::text, ?::text, ?, ?, ?, ?, ?, ?)
        on conflict (hook_id) do update
        set number = excluded.number, meeting_id = excluded.meeting_id, event_ids = excluded.event_ids, get_raw = excluded.get_raw,
            signer_fingerprint = excluded.signer_fingerprint, origin = excluded.origin, created_at = excluded.created_at, destroyed_at = null
        """,
        e.HookId, e.Number, e.TenantId, OrNull(e.MeetingId), OrNull(e.EventIds), e.GetRaw, e.Host, e.UrlFingerprint, e.SignerFingerprint, e.Origin,
        e.At.ToUniversalTime());

    private static object OrNull(string? value) => value ?? (object)DBNull.Value;
}
