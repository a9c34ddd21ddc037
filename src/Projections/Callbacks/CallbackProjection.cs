using Scalelite.Domain;
using Scalelite.Domain.Callbacks;
using Scalelite.Domain.Keeping;

namespace Scalelite.Projections.Callbacks;

/// <summary>Fills <c>callback_queue</c>. A row belongs to one stream, whose events follow one another.</summary>
public sealed class CallbackProjection : IProjection
{
    /// <inheritdoc/>
    public Task ApplyAsync(IDocumentOperations operations, IReadOnlyList<IEvent> events, CancellationToken cancellation)
    {
        foreach (var @event in events)
        {
            switch (@event.Data)
            {
                case CallbackRegistered e:
                    Registered(operations, e);
                    break;
                case CallbackAttempted e:
                    operations.QueueSqlCommand(
                        "update callback_queue set attempts = ?, last_status = ?::int, last_outcome = ?, due_at = ? where callback_id = ?",
                        e.Attempt, OrNull(e.Status), e.Outcome, e.NextAttemptAt.ToUniversalTime(), e.CallbackId);
                    break;
                case CallbackDelivered e:
                    Ended(operations, e.CallbackId, "delivered", e.Attempt, e.Status, e.Status is 404 or 410 ? "the target is gone" : "delivered", e.At);
                    break;
                case CallbackAbandoned e:
                    Ended(operations, e.CallbackId, "abandoned", e.Attempt, e.Status, e.Reason, e.At);
                    break;
                case StreamPruned e when Streams.CallbackOf(e.Stream) is { } callback:
                    operations.QueueSqlCommand("delete from callback_queue where callback_id = ?", callback);
                    break;
                case CallbackRetried e:
                    operations.QueueSqlCommand(
                        "update callback_queue set state = 'waiting', due_at = ?, ended_at = null where callback_id = ?",
                        e.At.ToUniversalTime(), e.CallbackId);
                    break;
            }
        }

        return Task.CompletedTask;
    }

    private static void Registered(IDocumentOperations operations, CallbackRegistered e) => operations.QueueSqlCommand(
        """
        insert into callback_queue (
            callback_id, kind, tenant_id, instance, meeting_id, record_id, host, url_fingerprint, signer_fingerprint, state, due_at, registered_at)
        values (?, ?, ?, ?::uuid, ?, ?::text, ?, ?, ?::text, 'waiting', ?, ?)
        """,
        e.CallbackId, e.Kind.ToString(), e.TenantId, OrNull(e.Instance), e.MeetingId, OrNull(e.RecordId), e.Host, e.UrlFingerprint,
        OrNull(e.SignerFingerprint), e.At.ToUniversalTime(), e.At.ToUniversalTime());

    private static void Ended(
        IDocumentOperations operations, Guid callback, string state, int attempt, int? status, string outcome, DateTimeOffset at) =>
        operations.QueueSqlCommand(
            """
            update callback_queue
            set state = ?, attempts = ?, last_status = ?::int, last_outcome = ?, due_at = null, ended_at = ?
            where callback_id = ?
            """,
            state, attempt, OrNull(status), outcome, at.ToUniversalTime(), callback);

    private static object OrNull(object? value) => value ?? DBNull.Value;
}
