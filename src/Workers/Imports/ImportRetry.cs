using Scalelite.Domain;
using Scalelite.Domain.Recordings;
using Scalelite.Workers.Servers;

namespace Scalelite.Workers.Imports;

/// <summary>What a person does for an import that failed or is in quarantine.</summary>
internal sealed class ImportRetry(IDocumentStore store, ImportLedger ledger, Spool spool, TimeProvider time)
{
    private const int Tries = 5;

    /// <summary>Has it tried again.</summary>
    /// <param name="restore">Recordings in it that were deleted may come back.</param>
    /// <param name="by">Who wants it.</param>
    /// <returns>Null where there is no such import.</returns>
    public async Task<Decision?> RetryAsync(Guid id, bool restore, ChangedBy by, CancellationToken cancellation)
    {
        if (await ledger.FindAsync(id, cancellation) is not { } import) return null;
        if (by.SeenVersion is not null && await ledger.VersionAsync(id, cancellation) is { } version) by.Expect(version);
        if (restore)
        {
            foreach (var recordId in import.Formats.Select(format => format.Format.RecordId).Distinct(StringComparer.Ordinal))
            {
                if ((await RestoreAsync(recordId, by with { SeenVersion = null }, cancellation)).Refusal is { } refusal) return Decision.Refuse(refusal);
            }
        }

        var decision = await ledger.DecideAsync(id, i => i.Retry(time.GetUtcNow()), cancellation, by);
        // Where the spool is elsewhere, the process that looks after it does this.
        if (decision.Events.Count > 0 && Directory.Exists(spool.Folder)) spool.BringBack(id);
        return decision;
    }

    private async Task<Decision> RestoreAsync(string recordId, ChangedBy by, CancellationToken cancellation)
    {
        for (var tried = 1; ; tried++)
        {
            await using var session = store.LightweightSession();
            session.SignedBy(by, "imports retry");
            var decision = await session.DecideAsync<Recording>(Streams.Recording(recordId), recording => recording.Restore(time.GetUtcNow()), cancellation);
            if (decision.Events.Count == 0) return decision;
            try
            {
                await session.SaveChangesAsync(cancellation);
                return decision;
            }
            catch (EventStreamUnexpectedMaxEventIdException) when (tried < Tries)
            {
                // Somebody changed it meanwhile: decide anew.
            }
        }
    }
}
