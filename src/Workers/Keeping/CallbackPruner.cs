using Npgsql;
using Scalelite.Domain;
using Scalelite.Domain.Keeping;
using Scalelite.EventLog;
using Scalelite.EventLog.Pruning;
using Scalelite.EventLog.Sealing;
using Scalelite.Workers.Callbacks;
using Scalelite.Workers.Configuration;
using Scalelite.Workers.Servers;

namespace Scalelite.Workers.Keeping;

/// <summary>A callback among those that are over.</summary>
public sealed record CallbackPlace(DateTimeOffset EndedAt, Guid CallbackId);

/// <summary>Takes callbacks out of the log that were delivered or given up longer ago than CALLBACK_HISTORY_DAYS, some in a transaction.</summary>
public sealed class CallbackPruner(NpgsqlDataSource database, IDocumentStore store, Settings settings, TimeProvider time)
{
    private const int Batch = 100;

    /// <summary>Whoever could still have it retried is not kept from that.</summary>
    private const string OldSql =
        """
        select callback_id, ended_at from callback_queue
        where ended_at is not null and ended_at <= $1 and (state = 'delivered' or ended_at <= $2) and (ended_at, callback_id) > ($3, $4)
        order by ended_at, callback_id limit $5
        """;

    private const string StillOverSql = "select callback_id from callback_queue where callback_id = any($1) and state <> 'waiting'";

    /// <summary>How many are old enough now; 0 where CALLBACK_HISTORY_DAYS is 0.</summary>
    public async Task<long> CountAsync(CancellationToken cancellation)
    {
        if (settings.Keeping.Callbacks is not { } kept) return 0;
        await using var command = database.CreateCommand("select count(*) from callback_queue where ended_at is not null and ended_at <= $1 and (state = 'delivered' or ended_at <= $2)");
        AddMoments(command, kept);
        return (long)(await command.ExecuteScalarAsync(cancellation))!;
    }

    /// <summary>Prunes the next ones, the oldest first.</summary>
    /// <param name="from">Where the last call stopped; null begins with the oldest.</param>
    /// <returns>How many, and where to go on; null at the end.</returns>
    public async Task<(int Pruned, CallbackPlace? Next)> PruneSomeAsync(CallbackPlace? from, ChangedBy by, CancellationToken cancellation)
    {
        if (settings.Keeping.Callbacks is not { } kept) return (0, null);
        var old = await OldAsync(kept, from, cancellation);
        if (old.Count == 0) return (0, null);
        var pruned = 0;
        try
        {
            pruned = await PruneAsync([.. old.Select(place => place.CallbackId)], by, cancellation);
        }
        catch (Exception e) when (RewritingConflict.Is(e))
        {
            // Somebody else was at one of them, or appended to the stream "log": the next look finds them again.
        }

        return (pruned, old.Count < Batch ? null : old[^1]);
    }

    private async Task<List<CallbackPlace>> OldAsync(TimeSpan kept, CallbackPlace? from, CancellationToken cancellation)
    {
        await using var command = database.CreateCommand(OldSql);
        AddMoments(command, kept);
        command.Parameters.AddWithValue(from?.EndedAt ?? DateTimeOffset.UnixEpoch);
        command.Parameters.AddWithValue(from?.CallbackId ?? Guid.Empty);
        command.Parameters.AddWithValue(Batch);
        await using var row = await command.ExecuteReaderAsync(cancellation);
        var old = new List<CallbackPlace>();
        while (await row.ReadAsync(cancellation)) old.Add(new CallbackPlace(row.GetFieldValue<DateTimeOffset>(1), row.GetGuid(0)));
        return old;
    }

    private void AddMoments(NpgsqlCommand command, TimeSpan kept)
    {
        var now = time.GetUtcNow();
        command.Parameters.AddWithValue(now - kept);
        command.Parameters.AddWithValue(now - (kept > CallbackSecrets.KeptForRetry ? kept : CallbackSecrets.KeptForRetry));
    }

    private async Task<int> PruneAsync(List<Guid> callbacks, ChangedBy by, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        if (!await LogRewriting.TryBeginAsync(connection, cancellation)) return 0;
        var claimed = (await StreamDeletion.ClaimAsync(connection, [.. callbacks.Select(Streams.Callback)], cancellation)).ToHashSet(StringComparer.Ordinal);
        var over = await StillOverAsync(connection, callbacks, cancellation);
        var sealedUpTo = await LogSeals.SealedUpToAsync(connection, cancellation);
        var told = new List<StreamPruned>();
        foreach (var callback in callbacks.Where(callback => over.Contains(callback) && claimed.Contains(Streams.Callback(callback))))
        {
            if (await EventLeaves.RootOfStreamAsync(connection, Streams.Callback(callback), cancellation) is { } root && root.LastNumber <= sealedUpTo)
                told.Add(new StreamPruned(Streams.Callback(callback), root.Events, root.FirstNumber, root.LastNumber, root.Root, time.GetUtcNow()));
        }

        if (told.Count == 0) return 0;
        if (await StreamDeletion.DeleteAsync(connection, [.. told.Select(pruned => pruned.Stream)], cancellation) != told.Sum(pruned => pruned.Events))
            throw new InvalidOperationException("Another number of callbacks' events was deleted than was read: nothing is");
        await using var session = store.LightweightSession(SessionOptions.ForTransaction(transaction, shouldAutoCommit: true));
        session.SignedBy(by, "prune");
        foreach (var forget in told.SelectMany(pruned => CallbackSecrets.Forget(Streams.CallbackOf(pruned.Stream)!.Value))) session.QueueSqlCommand(forget.Sql, forget.Values);
        session.Events.Append(Streams.Log, [.. told]);
        await session.SaveChangesAsync(cancellation);
        return told.Count;
    }

    private static async Task<HashSet<Guid>> StillOverAsync(NpgsqlConnection connection, List<Guid> callbacks, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(StillOverSql, connection) { Parameters = { new() { Value = callbacks.ToArray() } } };
        await using var row = await command.ExecuteReaderAsync(cancellation);
        var over = new HashSet<Guid>();
        while (await row.ReadAsync(cancellation)) over.Add(row.GetGuid(0));
        return over;
    }
}
