using Scalelite.Domain.Imports;

namespace Scalelite.Projections.Imports;

/// <summary>Fills <c>import_queue</c>: a row changes by its own stream alone.</summary>
public sealed class ImportProjection : IProjection
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
            case ArchiveReceived e:
                operations.QueueSqlCommand(
                    """
                    insert into import_queue (import_id, name, bytes, source, server_id, state, due_at, received_at)
                    values (?, ?, ?, ?, ?::text, 'received', ?, ?)
                    """,
                    e.ImportId, e.Name, e.Bytes, e.Source == ArchiveSource.Upload ? "upload" : "spool", e.ServerId ?? (object)DBNull.Value,
                    e.At.ToUniversalTime(), e.At.ToUniversalTime());
                break;
            case ArchiveChecked e:
                operations.QueueSqlCommand(
                    "update import_queue set state = 'checked', record_ids = ?, formats = ?, imported = 0, attempts = 0, reason = null where import_id = ?",
                    e.Formats.Select(format => format.RecordId).Distinct(StringComparer.Ordinal).ToArray(), e.Formats.Count, e.ImportId);
                break;
            case FormatRefused e:
                // What was refused first is shown while the others go on; the quarantine names all.
                operations.QueueSqlCommand(
                    "update import_queue set reason = coalesce(reason, ?) where import_id = ?", $"{e.Format}/{e.RecordId}: {e.Reason}", e.ImportId);
                break;
            case FormatStaged e:
                GoOn(operations, e.ImportId, "staged");
                break;
            case FormatInPlace e:
                GoOn(operations, e.ImportId, "in_place");
                break;
            case FormatImported e:
                operations.QueueSqlCommand(
                    "update import_queue set state = 'imported', imported = imported + 1, attempts = 0, reason = null where import_id = ?", e.ImportId);
                break;
            case ImportFailed e:
                operations.QueueSqlCommand(
                    "update import_queue set attempts = ?, reason = ?, due_at = ? where import_id = ?",
                    e.Attempt, e.Reason, e.RetryAt.ToUniversalTime(), e.ImportId);
                break;
            case ImportCompleted e:
                operations.QueueSqlCommand(
                    "update import_queue set state = 'completed', attempts = 0, reason = null, due_at = null, completed_at = ? where import_id = ?",
                    e.At.ToUniversalTime(), e.ImportId);
                break;
            case ArchiveQuarantined e:
                operations.QueueSqlCommand(
                    "update import_queue set state = 'quarantined', reason = ?, due_at = null where import_id = ?", e.Reason, e.ImportId);
                break;
            case ImportRetried e:
                operations.QueueSqlCommand(
                    """
                    update import_queue
                    set state = case state when 'quarantined' then 'received' else state end, attempts = 0, reason = null, due_at = ?
                    where import_id = ?
                    """,
                    e.At.ToUniversalTime(), e.ImportId);
                break;
        }
    }

    private static void GoOn(IDocumentOperations operations, Guid import, string state) =>
        operations.QueueSqlCommand("update import_queue set state = ?, attempts = 0, reason = null where import_id = ?", state, import);
}
