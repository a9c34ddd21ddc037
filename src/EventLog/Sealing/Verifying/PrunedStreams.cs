using System.Globalization;

namespace Scalelite.EventLog.Sealing.Verifying;

/// <summary>Whether the sealed leaves of pruned streams are those that the log tells of. Kept are the streams of which not all leaves came by yet.</summary>
internal sealed class PrunedStreams(ToldChanges told)
{
    private readonly Dictionary<long, (ToldPruning Told, MerkleTree Tree, long First)> _open = [];

    /// <summary>Events are gone whose pruning the log tells of.</summary>
    /// <param name="gone">Their leaves in order of number, each with the version of the event that tells.</param>
    /// <returns>What is known of streams that are complete with them.</returns>
    public async Task<IReadOnlyList<AuditFinding>> AddAsync(IReadOnlyList<(SealedLeaf Leaf, long Version)> gone, CancellationToken cancellation)
    {
        var unread = gone.Select(one => one.Version).Where(version => !_open.ContainsKey(version)).ToHashSet();
        if (unread.Count > 0)
        {
            foreach (var pruning in await told.PruningsAsync(unread, cancellation))
                _open[pruning.Version] = (pruning, new MerkleTree(), gone.First(one => one.Version == pruning.Version).Leaf.Number);
        }

        var findings = new List<AuditFinding>();
        foreach (var (leaf, version) in gone)
        {
            if (!_open.TryGetValue(version, out var stream)) continue;
            stream.Tree.Add(leaf.Leaf);
            if (stream.Tree.Leaves < stream.Told.Events) continue;
            _open.Remove(version);
            findings.Add(Convert.ToHexStringLower(stream.Tree.Root()) == stream.Told.RootHash ? Pruned(stream.Told, "") : Wrong(stream.Told, stream.Tree.Leaves));
        }

        return findings;
    }

    /// <summary>What is known of the rest after the last seal.</summary>
    /// <param name="from">The first number that was looked at.</param>
    /// <param name="head">The last number that there was at the beginning: what was told after it happened meanwhile.</param>
    public IEnumerable<AuditFinding> End(long from, long head)
    {
        foreach (var (pruning, tree, first) in _open.Values)
        {
            if (pruning.FirstNumber < from) yield return Pruned(pruning, ", of which a part was looked at");
            else if (pruning.Number > head && first > pruning.FirstNumber) yield return Pruned(pruning, " meanwhile");
            else yield return Wrong(pruning, tree.Leaves);
        }
    }

    private static AuditFinding Pruned(ToldPruning told, string how) => new(
        AuditFindingKind.Pruned,
        string.Create(CultureInfo.InvariantCulture, $"{told.Events} events were pruned by {told.Actor ?? "nobody known"} at {told.At.UtcDateTime:u}{how}"),
        Stream: told.Stream,
        Actor: told.Actor);

    private static AuditFinding Wrong(ToldPruning told, long gone) => new(
        AuditFindingKind.PruningWrong,
        string.Create(
            CultureInfo.InvariantCulture,
            $"event {told.Number} tells that {told.Events} events were pruned by {told.Actor ?? "nobody known"}; {gone} sealed ones are gone, and they are not those"),
        Stream: told.Stream,
        Actor: told.Actor);
}
