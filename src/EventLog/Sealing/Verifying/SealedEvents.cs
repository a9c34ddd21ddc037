using System.Globalization;
using Npgsql;

namespace Scalelite.EventLog.Sealing.Verifying;

/// <summary>Compares the events of one seal, as they are stored now, with its leaves.</summary>
internal sealed class SealedEvents(NpgsqlDataSource database, ToldChanges told, PrunedStreams pruned, VerifyProgress progress)
{
    // A search of all streams for one name; whoever removed from more seals than that is told the numbers only.
    private const int MostNamed = 16;

    private readonly EventCheck _check = new(told);
    private int _named;

    /// <summary>All differences.</summary>
    /// <param name="leaves">What the seal keeps of its events, in order of number.</param>
    public async Task<IReadOnlyList<AuditFinding>> CompareAsync(LogSeal seal, IReadOnlyList<SealedLeaf> leaves, CancellationToken cancellation)
    {
        var findings = new List<AuditFinding>();
        var gone = new List<SealedLeaf>();
        var changed = new List<(SealedLeaf Sealed, EventLeaf Stored)>();
        var next = 0;
        var after = From(seal);
        while (true)
        {
            var rows = await ReadAsync(after, seal.Last, cancellation);
            var inserted = new List<EventLeaf>();
            foreach (var row in rows)
            {
                while (next < leaves.Count && leaves[next].Number < row.Number) gone.Add(leaves[next++]);
                if (next == leaves.Count || leaves[next].Number > row.Number) inserted.Add(row);
                else if (leaves[next++] is var leaf && !leaf.Leaf.AsSpan().SequenceEqual(row.Leaf)) changed.Add((leaf, row));
            }

            findings.AddRange(Inserted(seal, inserted));
            progress.Events += rows.Count;
            if (rows.Count < LogSealer.MostEvents) break;
            after = rows[^1].Number;
        }

        gone.AddRange(leaves.Skip(next));
        if (gone.Count > 0 || changed.Count > 0) await told.ReadNewAsync(cancellation);
        foreach (var (leaf, row) in changed) findings.Add(await _check.ExplainAsync(seal.Seal, leaf, row, cancellation));
        await AddGoneAsync(seal, gone, findings, cancellation);
        progress.UpTo = seal.Last;
        return findings;
    }

    /// <summary>Whether the events are those that were sealed, where the leaves that the seal kept are not usable.</summary>
    public async Task<bool> AreAsSealedAsync(LogSeal seal, CancellationToken cancellation)
    {
        var tree = new MerkleTree();
        var after = From(seal);
        while (true)
        {
            var rows = await ReadAsync(after, seal.Last, cancellation);
            foreach (var row in rows) tree.Add(row.Leaf);
            progress.Events += rows.Count;
            if (rows.Count < LogSealer.MostEvents) break;
            after = rows[^1].Number;
        }

        progress.UpTo = seal.Last;
        return Convert.ToHexStringLower(tree.Root()) == seal.Root;
    }

    // Before the first number there is nothing but what somebody put there.
    private static long From(LogSeal seal) => seal.First <= 1 ? long.MinValue : seal.First - 1;

    private static IEnumerable<AuditFinding> Inserted(LogSeal seal, List<EventLeaf> inserted) =>
        inserted.GroupBy(row => row.Stream).Select(stream => Of(
            AuditFindingKind.EventsInserted, seal, stream.Key, [.. stream.Select(row => row.Number)],
            numbers => $"{numbers} put in after their numbers were sealed"));

    private static AuditFinding Of(AuditFindingKind kind, LogSeal seal, string? stream, long[] numbers, Func<string, string> sentence) =>
        new(kind, sentence(NumberRanges.Text(numbers)), seal.Seal, stream, numbers);

    private async Task AddGoneAsync(LogSeal seal, List<SealedLeaf> gone, List<AuditFinding> findings, CancellationToken cancellation)
    {
        var prunings = new List<(SealedLeaf Leaf, long Version)>();
        var removed = new List<SealedLeaf>();
        foreach (var leaf in gone)
        {
            if (told.PrunedBy(leaf.Stream, leaf.Number) is { } version) prunings.Add((leaf, version));
            else removed.Add(leaf);
        }

        findings.AddRange(await pruned.AddAsync(prunings, cancellation));
        if (removed.Count == 0) return;
        var names = _named++ < MostNamed ? await NamesAsync(removed.Select(leaf => leaf.Stream).ToHashSet(), cancellation) : [];
        foreach (var stream in removed.GroupBy(leaf => leaf.Stream))
        {
            findings.Add(Of(
                AuditFindingKind.EventsRemoved, seal, names.GetValueOrDefault(stream.Key), [.. stream.Select(leaf => leaf.Number)],
                numbers => $"{numbers} removed, and nothing tells of it"));
        }
    }

    private async Task<Dictionary<ulong, string>> NamesAsync(IReadOnlyCollection<ulong> streams, CancellationToken cancellation)
    {
        await using var command = database.CreateCommand(
            "select id from mt_streams where substr(sha256(convert_to(id::text, 'UTF8')), 1, 8) = any($1)");
        command.Parameters.AddWithValue(streams.Select(stream => Convert.FromHexString(stream.ToString("x16", CultureInfo.InvariantCulture))).ToArray());
        await using var row = await command.ExecuteReaderAsync(cancellation);
        var names = new Dictionary<ulong, string>();
        while (await row.ReadAsync(cancellation)) names[EventLeaf.StreamDigest(row.GetString(0))] = row.GetString(0);
        return names;
    }

    private async Task<IReadOnlyList<EventLeaf>> ReadAsync(long after, long upTo, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        return await EventLeaves.ReadAsync(connection, after, upTo, LogSealer.MostEvents, cancellation);
    }
}
