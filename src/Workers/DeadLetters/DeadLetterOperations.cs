using Scalelite.Domain;
using Scalelite.Domain.DeadLetters;
using Scalelite.EventLog;
using Scalelite.Workers.Servers;

namespace Scalelite.Workers.DeadLetters;

/// <summary>What operators do with messages that failed for good.</summary>
public sealed class DeadLetterOperations(IDocumentStore store, IDeadLetters letters, TimeProvider time)
{
    /// <summary>Has one handled again. The event is written first: nothing is replayed that nobody answers for.</summary>
    /// <returns>False where there is no such letter.</returns>
    public async Task<bool> ReplayAsync(Guid id, ChangedBy by, CancellationToken cancellation)
    {
        if (await letters.FindAsync(id, cancellation) is not { } letter) return false;
        await using var session = store.LightweightSession();
        session.SignedBy(by, "dead-letters replay");
        session.Events.Append(Streams.DeadLetter(id), new DeadLetterReplayed(id, letter.MessageType, time.GetUtcNow()));
        await session.SaveChangesAsync(cancellation);
        await letters.ReplayAsync(id, cancellation);
        return true;
    }
}
