using Npgsql;

namespace Scalelite.EventLog;

/// <summary>
/// How far the log may be read without stepping over an event that is still being committed: numbers are drawn in another order
/// than transactions commit. A number is safe once every transaction that could still commit a smaller one has ended.
/// </summary>
/// <remarks>
/// A number is remembered when it is read from the sequence; a second later a transaction id is drawn; when every transaction with a
/// smaller id has ended, the number is safe. The second is for writers that draw a number before they have a transaction id, as
/// Marten's do. The id must be drawn: <c>pg_snapshot_xmax</c> is one more than the last id that has <i>ended</i>, so running ones may
/// lie above it. A writer that runs on in any database of the cluster holds the head back; one that only reads does not.
/// </remarks>
public sealed class SafeHead(NpgsqlDataSource database, TimeProvider? time = null)
{
    private static readonly TimeSpan DrawnBeforeTransactionId = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan BetweenObservations = TimeSpan.FromMilliseconds(50);

    private readonly TimeProvider _time = time ?? TimeProvider.System;
    private readonly Queue<Candidate> _candidates = new();
    private long _lastCandidate;

    /// <summary>The highest number known to be safe; 0 before the first <see cref="ObserveAsync"/>.</summary>
    public long Number { get; private set; }

    /// <summary>Looks once, without waiting; to be called again and again. Not for several callers at once.</summary>
    /// <returns>The highest number known to be safe, at the earliest a second after it was drawn.</returns>
    public async Task<long> ObserveAsync(CancellationToken cancellation = default)
    {
        var (last, oldestRunning) = await ReadAsync(cancellation);
        var now = _time.GetTimestamp();
        var ripe = _candidates.Where(candidate => candidate.Ends is null && _time.GetElapsedTime(candidate.ReadAt, now) >= DrawnBeforeTransactionId).ToList();
        if (ripe.Count > 0)
        {
            var ends = await DrawTransactionIdAsync(cancellation);
            foreach (var candidate in ripe) candidate.Ends = ends;
            (last, oldestRunning) = await ReadAsync(cancellation);
        }

        while (_candidates.TryPeek(out var first) && first.Ends <= oldestRunning) Number = _candidates.Dequeue().Number;

        // Read now, so its second begins after the answer; numbers come in steps, so that a fast caller does not fill the queue.
        var readAt = _time.GetTimestamp();
        if (last > _lastCandidate && (_candidates.Count == 0 || _time.GetElapsedTime(_candidates.Last().ReadAt, readAt) >= BetweenObservations))
        {
            _candidates.Enqueue(new Candidate(last, readAt));
            _lastCandidate = last;
        }

        return Number;
    }

    /// <summary>Waits until every number that was drawn before this call is safe, and returns the last one; 0 for an empty log.</summary>
    public async Task<long> WaitAsync(CancellationToken cancellation = default)
    {
        var (last, _) = await ReadAsync(cancellation);
        if (last <= Number) return Number;
        while (await ObserveAsync(cancellation) < last) await Task.Delay(BetweenObservations, _time, cancellation);
        return Number;
    }

    private async Task<(long Last, long OldestRunning)> ReadAsync(CancellationToken cancellation)
    {
        await using var command = database.CreateCommand(
            """
            select case when is_called then last_value else 0 end, pg_snapshot_xmin(pg_current_snapshot())::text::bigint
            from mt_events_sequence
            """);
        await using var row = await command.ExecuteReaderAsync(cancellation);
        await row.ReadAsync(cancellation);
        return (row.GetInt64(0), row.GetInt64(1));
    }

    private async Task<long> DrawTransactionIdAsync(CancellationToken cancellation)
    {
        await using var command = database.CreateCommand("select pg_current_xact_id()::text::bigint");
        return (long)(await command.ExecuteScalarAsync(cancellation))!;
    }

    private sealed class Candidate(long number, long readAt)
    {
        public long Number { get; } = number;

        public long ReadAt { get; } = readAt;

        /// <summary>Transactions with smaller ids may still commit a smaller number; null until the second has passed.</summary>
        public long? Ends { get; set; }
    }
}
