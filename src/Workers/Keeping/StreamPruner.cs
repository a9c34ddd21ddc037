using Npgsql;
using Scalelite.Domain;
using Scalelite.Domain.Keeping;
using Scalelite.EventLog;
using Scalelite.EventLog.Pruning;
using Scalelite.EventLog.Sealing;
using Scalelite.Workers.Configuration;
using Scalelite.Workers.Servers;

namespace Scalelite.Workers.Keeping;

/// <summary>
/// Rolls polls and joins up that are older than POLL_HISTORY_DAYS: in one transaction a stream's minutes and what it was are appended, and
/// it is deleted. Any number of instances may do so at once; a kill leaves a stream whole or told.
/// </summary>
/// <param name="read">Makes an event of a row of the log: the flavour's.</param>
public sealed class StreamPruner(NpgsqlDataSource database, IDocumentStore store, Func<EventRow, IEvent> read, Settings settings, TimeProvider time)
{
    private const int Tries = 5;

    /// <summary>The streams that are old enough now, the oldest first; none where POLL_HISTORY_DAYS is 0.</summary>
    public IAsyncEnumerable<PastStream> OldAsync(CancellationToken cancellation) => settings.Keeping.Polls is { } kept
        ? PastStreams.EndedAsync(database, time.GetUtcNow() - kept, cancellation)
        : AsyncEnumerable.Empty<PastStream>();

    /// <summary>Prunes one of them.</summary>
    /// <param name="by">The events' actor.</param>
    /// <param name="dryRun">Only says what would come of it.</param>
    /// <param name="cancellation">Leaves it as it is.</param>
    public async Task<PruneOutcome> PruneAsync(PastStream stream, ChangedBy by, bool dryRun, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(stream);
        for (var left = Tries - 1; ; left--)
        {
            try
            {
                return await TryAsync(stream, by, dryRun, cancellation);
            }
            catch (Exception e) when (RewritingConflict.Is(e))
            {
                // Somebody appended to the stream "log" at the same moment, or held a lock for long.
                if (left == 0) return new PruneOutcome.Busy();
            }
        }
    }

    private async Task<PruneOutcome> TryAsync(PastStream stream, ChangedBy by, bool dryRun, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        if (!await LogRewriting.TryBeginAsync(connection, cancellation)) return new PruneOutcome.Busy();
        if ((await StreamDeletion.ClaimAsync(connection, [stream.Stream], cancellation)).Count == 0) return new PruneOutcome.Busy();
        if (await EventLeaves.RootOfStreamAsync(connection, stream.Stream, cancellation) is not { } root) return new PruneOutcome.Kept("it has no events");
        if (root.LastNumber > await LogSeals.SealedUpToAsync(connection, cancellation)) return new PruneOutcome.Kept("it is not sealed yet");

        var at = time.GetUtcNow();
        var (rolledUp, why) = stream switch
        {
            PastStream.Polls polls => await RollUpAsync(connection, polls, at, cancellation),
            PastStream.Joins joins => await RollUpAsync(connection, joins, at, cancellation),
            _ => (null, "it is of another kind"),
        };
        if (rolledUp is null) return new PruneOutcome.Kept(why);
        var told = new StreamPruned(stream.Stream, root.Events, root.FirstNumber, root.LastNumber, root.Root, at);
        if (dryRun) return new PruneOutcome.Pruned(rolledUp, told);

        if (await StreamDeletion.DeleteAsync(connection, [stream.Stream], cancellation) != root.Events)
            throw new InvalidOperationException($"Stream {stream.Stream} had {root.Events} events, and another number of them was deleted: nothing is");

        // Last, since whoever appends to the stream "log" waits from here on.
        await using var session = store.LightweightSession(SessionOptions.ForTransaction(transaction, shouldAutoCommit: true));
        session.SignedBy(by, "prune");
        session.Events.Append(stream is PastStream.Polls { ServerId: var server } ? Streams.ServerDays(server) : Streams.JoinDays(stream.EndsAt.AddTicks(-1)), rolledUp);
        session.Events.Append(Streams.Log, told);
        await session.SaveChangesAsync(cancellation);
        return new PruneOutcome.Pruned(rolledUp, told);
    }

    private async Task<(object? RolledUp, string Why)> RollUpAsync(
        NpgsqlConnection connection, PastStream.Polls polls, DateTimeOffset at, CancellationToken cancellation)
    {
        var needed = await NeededStreams.OfServerAsync(connection, polls, cancellation);
        if (needed.HasMeeting) return (null, "a meeting of that day is still known on the server");
        var day = new PolledDay(polls.ServerId, polls.Day);
        await foreach (var row in StreamDeletion.ReadAsync(connection, polls.Stream, cancellation))
        {
            var poll = read(row).Data;
            if (needed.Include(poll)) return (null, "it holds the last polls of its server");
            if (!day.Add(poll)) return (null, $"event {row.Sequence} is no poll of that server and day");
        }

        return (day.RollUp(at), "");
    }

    private async Task<(object? RolledUp, string Why)> RollUpAsync(
        NpgsqlConnection connection, PastStream.Joins joins, DateTimeOffset at, CancellationToken cancellation)
    {
        var hour = new RoutedHour(joins.Stream);
        await foreach (var row in StreamDeletion.ReadAsync(connection, joins.Stream, cancellation))
        {
            if (!hour.Add(read(row).Data)) return (null, $"event {row.Sequence} holds no joins");
        }

        var rolledUp = hour.RollUp(at);
        return await NeededStreams.AreCountedAsync(connection, rolledUp.Minutes.Select(minute => minute.Instance), cancellation)
            ? (null, "a meeting that was joined then goes on")
            : (rolledUp, "");
    }
}
