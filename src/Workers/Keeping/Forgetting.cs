using Npgsql;
using Scalelite.Domain;
using Scalelite.Domain.Keeping;
using Scalelite.EventLog;
using Scalelite.EventLog.Forgetting;
using Scalelite.Workers.Servers;

namespace Scalelite.Workers.Keeping;

/// <summary>
/// Overwrites names and metadata in stored events with null, in place: in one transaction with the <see cref="DataForgotten"/> that tells of
/// it, the read models, and the sealed URLs of callbacks. What is live is not touched. A tenant with many meetings takes several such
/// transactions; one that is broken off goes on when it is asked for again.
/// </summary>
public sealed class Forgetting(NpgsqlDataSource database, IDocumentStore store, TimeProvider time)
{
    private const int StreamsAtOnce = 100;
    private const int Tries = 20;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    /// <summary>Forgets all of it.</summary>
    /// <param name="force">Recordings that are not deleted too: they go on without name and metadata.</param>
    /// <param name="dryRun">Only says what would be.</param>
    public async Task<ForgetOutcome> ForgetAsync(ForgetSubject subject, ChangedBy by, bool force, bool dryRun, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(subject);
        var what = new ForgottenParts(database);
        var streams = await what.StreamsAsync(subject, cancellation);
        if (streams.Count == 0) return new ForgetOutcome.Unknown();
        if (await what.WhyNotAsync(subject, force, cancellation) is { } why) return new ForgetOutcome.Refused(why);
        var (events, secrets) = (new List<ForgottenEvent>(), 0);
        foreach (var some in streams.Chunk(StreamsAtOnce))
        {
            switch (await ForgetAsync(subject, some, by, force, dryRun, cancellation))
            {
                case ForgetOutcome.Done done:
                    events.AddRange(done.Events);
                    secrets += done.Secrets;
                    break;
                case var other:
                    return other;
            }
        }

        return new ForgetOutcome.Done(events, secrets);
    }

    private async Task<ForgetOutcome> ForgetAsync(
        ForgetSubject subject, string[] streams, ChangedBy by, bool force, bool dryRun, CancellationToken cancellation)
    {
        for (var left = Tries - 1; ; left--)
        {
            try
            {
                if (await TryAsync(subject, streams, by, force, dryRun, cancellation) is { } outcome) return outcome;
                if (left == 0) return new ForgetOutcome.Refused("Read models are being rebuilt or verified, or streams pruned: try again later");
            }
            catch (Exception e) when (left > 0 && RewritingConflict.Is(e))
            {
                // Another writer was first.
            }

            await Task.Delay(Pause, time, cancellation);
        }
    }

    private async Task<ForgetOutcome?> TryAsync(
        ForgetSubject subject, string[] streams, ChangedBy by, bool force, bool dryRun, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        if (!await LogRewriting.TryBeginAsync(connection, cancellation)) return null;
        await EventFields.LockAsync(connection, streams, cancellation);
        if (await ForgottenParts.WhyNotAsync(connection, streams, force, cancellation) is { } why) return new ForgetOutcome.Refused(why);
        var events = await EventFields.ForgetAsync(connection, streams, cancellation);
        var secrets = await ForgottenParts.RemoveSecretsAsync(connection, streams, cancellation);
        var done = new ForgetOutcome.Done(events, secrets);
        if (dryRun) return done;
        if (events.Count == 0)
        {
            await transaction.CommitAsync(cancellation);
            return done;
        }

        await using var session = store.LightweightSession(SessionOptions.ForTransaction(transaction, shouldAutoCommit: true));
        session.SignedBy(by, "forget");
        session.Events.Append(Streams.Log, new DataForgotten(subject.ToString()!, events, time.GetUtcNow()));
        await session.SaveChangesAsync(cancellation);
        return done;
    }
}
