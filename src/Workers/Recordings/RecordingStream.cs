using Npgsql;
using Scalelite.Domain;
using Scalelite.Domain.Recordings;
using Scalelite.Workers.Servers;

namespace Scalelite.Workers.Recordings;

/// <summary>Load, decide, append, for one recording; who lost a race against another writer decides anew.</summary>
public sealed class RecordingStream(IDocumentStore store)
{
    private const int Tries = 8;

    /// <summary>Appends what is decided.</summary>
    /// <param name="by">Who wants it.</param>
    /// <param name="command">The events' causation.</param>
    /// <returns>Null where there is no such recording.</returns>
    public async Task<Decision?> DecideAsync(
        string recordId, ChangedBy by, string command, Func<Recording, Decision> decide, CancellationToken cancellation)
    {
        var stream = Streams.Recording(recordId);
        for (var left = Tries - 1; ; left--)
        {
            try
            {
                await using var session = store.LightweightSession();
                session.SignedBy(by, command);
                if (await session.Events.FetchStreamStateAsync(stream, cancellation) is null) return null;
                var decision = await session.DecideAsync(stream, decide, cancellation, by);
                if (decision.Events.Count > 0) await session.SaveChangesAsync(cancellation);
                return decision;
            }
            catch (Exception e) when (left > 0 && LostRace(e))
            {
                // Another writer was first: load and decide again.
            }
        }
    }

    private static bool LostRace(Exception? exception) => exception switch
    {
        null => false,
        EventStreamUnexpectedMaxEventIdException or ExistingStreamIdCollisionException => true,
        PostgresException { SqlState: PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.UniqueViolation } => true,
        _ => LostRace(exception.InnerException),
    };
}
