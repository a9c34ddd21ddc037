using System.Globalization;
using System.Runtime.CompilerServices;
using Npgsql;

namespace Scalelite.EventLog.Sealing.Verifying;

/// <summary>
/// Compares the log with its seals, and the seals with their copies outside the database. It reads one seal's events at a time, holds no
/// transaction, and may run while others append, prune and redact.
/// </summary>
/// <param name="keys">With which seals may be signed: SECRET_KEY_BASE's and those of AUDIT_KEYS.</param>
public sealed class LogVerification(NpgsqlDataSource database, IReadOnlyList<SealKey> keys)
{
    private readonly LogSeals _seals = new(database);

    /// <summary>The first seal that was made at a time or later; null if there is none.</summary>
    public async Task<long?> SealAtAsync(DateTimeOffset at, CancellationToken cancellation = default)
    {
        await using var command = database.CreateCommand("select min(seal) from log_seal where sealed_at >= $1");
        command.Parameters.AddWithValue(at.ToUniversalTime());
        return await command.ExecuteScalarAsync(cancellation) as long?;
    }

    /// <summary>Everything that is to be said, as it is found.</summary>
    /// <param name="from">The seal to begin with, from 1: those before it are believed.</param>
    /// <param name="outside">Copies outside the database; null where there is none.</param>
    public async IAsyncEnumerable<AuditFinding> VerifyAsync(
        long from, OutsideSeals? outside, VerifyProgress progress, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        foreach (var finding in outside?.Findings ?? []) yield return finding;
        var head = await HeadAsync(cancellation);
        var told = new ToldChanges(database);
        var pruned = new PrunedStreams(told);
        var events = new SealedEvents(database, told, pruned, progress);
        var signatures = new SignatureRuns(keys);
        var notOutside = new SealRuns();
        var before = from > 1 ? (await _seals.NextAsync(from - 2, cancellation))?.Seal : null;
        if (before?.Seal != from - 1) before = null;
        var (next, firstNumber) = (Math.Max(from, 1), (before?.Last ?? 0) + 1);

        while (await _seals.NextAsync(next - 1, cancellation) is { } stored)
        {
            var seal = stored.Seal;
            if (seal.Seal != next) yield return Missing(next, seal.Seal - 1, outside);
            else if ((before is not null || next == 1) && SealCheck.Chain(seal, before) is { } broken) yield return broken;
            foreach (var finding in signatures.Look(seal)) yield return finding;
            if (outside is not null)
            {
                var copies = outside.Of(seal.Seal);
                if (copies.Count == 0) notOutside.Add(seal.Seal);
                if (copies.Any(copy => copy.Hash != OutsideSeals.HashOf(seal))) yield return Rewritten(seal, copies);
            }

            if (SealCheck.Leaves(stored) is { } leaves)
            {
                foreach (var finding in await events.CompareAsync(seal, leaves, cancellation)) yield return finding;
            }
            else
            {
                yield return Damaged(seal, await events.AreAsSealedAsync(seal, cancellation));
            }

            progress.Seals++;
            (before, next) = (seal, seal.Seal + 1);
        }

        if (signatures.End() is { } unknown) yield return unknown;
        foreach (var finding in pruned.End(firstNumber, head)) yield return finding;
        if (outside is null)
        {
            yield return new AuditFinding(
                AuditFindingKind.NothingOutside,
                "no copy of the seals outside the database was compared: only accidents and careless hands are found out, not who could write the seals, too");
        }
        else
        {
            if (outside.Last() is { } last && last.Seal >= next) yield return Truncated(next, last, outside);
            foreach (var finding in notOutside.End()) yield return finding;
        }

        if (await NotSealedAsync(before?.Last ?? 0, cancellation) is { } rest) yield return rest;
    }

    private static AuditFinding Missing(long first, long last, OutsideSeals? outside)
    {
        var known = outside?.CountBetween(first, last) ?? 0;
        return new AuditFinding(
            AuditFindingKind.SealsMissing,
            Text($"{Seals(first, last)} missing{(known > 0 ? Text($", and {known} of them stand outside the database") : "")}: the events that they covered are not verified"),
            first);
    }

    private static AuditFinding Rewritten(LogSeal seal, IReadOnlyList<OutsideSeals.Entry> copies) => new(
        AuditFindingKind.SealRewritten,
        Text($"seal {seal.Seal} of {seal.At.UtcDateTime:u} is not the one that was written outside the database at {copies[0].At.UtcDateTime:u}: ")
        + (copies.Count > 1 ? "it was made twice, and its events were replaced in between" : "it and its events were replaced"),
        seal.Seal);

    private static AuditFinding Damaged(LogSeal seal, bool eventsAreRight) => new(
        AuditFindingKind.LeavesDamaged,
        Text($"what seal {seal.Seal} keeps of the events {seal.First} to {seal.Last} was changed; ")
        + (eventsAreRight ? "the events themselves are as they were sealed" : "the events are not those that were sealed, or some were pruned or redacted: which cannot be told"),
        seal.Seal);

    private static AuditFinding Truncated(long first, OutsideSeals.Entry last, OutsideSeals outside) => new(
        AuditFindingKind.LogTruncated,
        Text($"the log once reached number {last.Last}: {Seals(first, last.Seal)} not in the database, and {outside.CountBetween(first, last.Seal)} of them stand outside, ")
        + Text($"the last of {last.At.UtcDateTime:u}. Its end was cut off, or an older backup was restored"),
        first);

    private static string Seals(long first, long last) => first == last ? Text($"seal {first} is") : Text($"seals {first} to {last} are");

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private async Task<long> HeadAsync(CancellationToken cancellation)
    {
        await using var command = database.CreateCommand("select coalesce(max(seq_id), 0) from mt_events");
        return (long)(await command.ExecuteScalarAsync(cancellation))!;
    }

    private async Task<AuditFinding?> NotSealedAsync(long after, CancellationToken cancellation)
    {
        await using var command = database.CreateCommand(
            "select count(*), min(timestamp) from mt_events where seq_id > $1 and stream_id <> 'mt_tombstone'");
        command.Parameters.AddWithValue(after);
        await using var row = await command.ExecuteReaderAsync(cancellation);
        await row.ReadAsync(cancellation);
        return row.GetInt64(0) == 0
            ? null
            : new AuditFinding(
                AuditFindingKind.NotSealed,
                Text($"{row.GetInt64(0)} events after number {after} are not sealed yet; the oldest is of {row.GetFieldValue<DateTimeOffset>(1).UtcDateTime:u}"));
    }

    /// <summary>Seals that stand nowhere outside, in runs: copies are rotated, and begin when the setting was made.</summary>
    private sealed class SealRuns
    {
        private readonly List<(long First, long Last)> _runs = [];

        public void Add(long seal)
        {
            if (_runs.Count > 0 && _runs[^1].Last == seal - 1) _runs[^1] = (_runs[^1].First, seal);
            else _runs.Add((seal, seal));
        }

        public IEnumerable<AuditFinding> End() => _runs.Select(run => new AuditFinding(
            AuditFindingKind.NotOutside, Text($"{Seals(run.First, run.Last)} in no copy outside the database that was given"), run.First));
    }
}
