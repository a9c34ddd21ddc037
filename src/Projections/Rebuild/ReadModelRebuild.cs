using Npgsql;
using Scalelite.EventLog;

namespace Scalelite.Projections.Rebuild;

/// <summary>Rebuilds read models from the log, and verifies them against it, while the system runs.</summary>
/// <param name="database">Where the log and the read models are.</param>
/// <param name="store">Runs the projections' commands.</param>
/// <param name="read">Makes an event of a row of the log: the flavour's.</param>
public sealed class ReadModelRebuild(NpgsqlDataSource database, IDocumentStore store, Func<EventRow, IEvent> read, TimeProvider? time = null)
{
    private const int SmallRest = 500;
    private const int Attempts = 60;

    private readonly TimeProvider _time = time ?? TimeProvider.System;

    /// <summary>
    /// Replays the log into tables beside the live ones up to the safe head; then, with the appenders waiting, replays the rest and changes
    /// the live rows that differ. Whatever fails before that leaves the live tables as they are.
    /// </summary>
    /// <returns>How many live rows were deleted and inserted: 0 if they were right.</returns>
    /// <exception cref="RebuildException">It did not come to its end; the message says why.</exception>
    public async Task<int> RebuildAsync(ReadModel model, Action<RebuildProgress>? progress = null, CancellationToken cancellation = default)
    {
        Check(model);
        await using var turn = await RebuildTurn.TakeAsync(database, model.Name, cancellation);
        await using var beside = await BesideTables.CreateAsync(database, store, read, model, $"rebuild_{model.Name}", cancellation);
        var head = new SafeHead(database, _time);
        var total = await head.WaitAsync(cancellation);
        for (var rest = long.MaxValue; ;)
        {
            await beside.ReplayAsync(total, done => progress?.Invoke(new RebuildProgress(model.Name, done, total)), cancellation);
            var next = await head.WaitAsync(cancellation);
            // Where as much comes in while the safe head is waited for, more rounds do not help.
            if (next - total <= SmallRest || next - total >= rest) break;
            (rest, total) = (next - total, next);
        }

        for (var attempt = 1; ; attempt++)
        {
            try
            {
                var changed = await SwapAsync(model, beside, cancellation);
                progress?.Invoke(new RebuildProgress(model.Name, total, total));
                return changed;
            }
            catch (Exception e) when (attempt < Attempts && IsCrowded(e))
            {
                // We give way before the appenders do: they have callers who wait.
                await Task.Delay(TimeSpan.FromMilliseconds(100 + Random.Shared.Next(400)), _time, cancellation);
            }
        }
    }

    /// <summary>Rebuilds beside, as of one moment, and compares: all columns of all rows both ways. Changes nothing.</summary>
    /// <returns>The first difference of each table that has one; empty if the read model is what the events say.</returns>
    /// <exception cref="RebuildException">It did not come to its end; the message says why.</exception>
    public async Task<IReadOnlyList<ReadModelDifference>> VerifyAsync(
        ReadModel model, Action<RebuildProgress>? progress = null, CancellationToken cancellation = default)
    {
        Check(model);
        await using var turn = await RebuildTurn.TakeAsync(database, model.Name, cancellation);
        await using var beside = await BesideTables.CreateAsync(database, store, read, model, $"verify_{model.Name}", cancellation);
        var safe = await new SafeHead(database, _time).WaitAsync(cancellation);
        await using var copy = await LiveCopy.TakeAsync(database, beside, model, safe, cancellation);
        await beside.ReplayAsync(safe, done => progress?.Invoke(new RebuildProgress(model.Name, done, safe)), cancellation);
        await beside.ReplayAsync(copy.Later, cancellation);

        await using var connection = await database.OpenConnectionAsync(cancellation);
        var differences = new List<ReadModelDifference>();
        foreach (var table in copy.Tables)
        {
            if (await TableComparison.FirstDifferenceAsync(connection, beside.Schema, copy.Schema, table, cancellation) is { } difference)
                differences.Add(difference);
        }

        return differences;
    }

    private async Task<int> SwapAsync(ReadModel model, BesideTables beside, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        await using (var exclude = new NpgsqlCommand(
            """
            set local lock_timeout = '700ms';
            set local work_mem = '64MB';
            lock table mt_events in exclusive mode
            """,
            connection))
        {
            await exclude.ExecuteNonQueryAsync(cancellation);
        }

        await beside.ReplayRestAsync(connection, transaction, cancellation);
        var tables = new List<TableShape>();
        foreach (var table in model.Tables)
        {
            tables.Add(await TableShape.ReadAsync(connection, beside.Schema, beside.LiveSchema, table, cancellation));
        }

        var changed = await TableComparison.MergeAsync(connection, beside.Schema, beside.LiveSchema, tables, cancellation);
        await transaction.CommitAsync(cancellation);
        return changed;
    }

    private static bool IsCrowded(Exception? e) => e switch
    {
        null => false,
        PostgresException { SqlState: PostgresErrorCodes.LockNotAvailable or PostgresErrorCodes.DeadlockDetected } => true,
        _ => IsCrowded(e.InnerException),
    };

    private static void Check(ReadModel model)
    {
        if (model.Name.Length is 0 or > 50 || !model.Name.All(c => char.IsAsciiLetterLower(c) || c == '_'))
            throw new ArgumentException($"'{model.Name}' names no schema: lower case letters and underscores", nameof(model));
    }
}
