using Scalelite.Domain.Placement;

namespace Scalelite.Domain.Tests.Placement;

/// <summary>Servers and placements as the tests of placement need them.</summary>
internal static class Pool
{
    public static readonly DateTimeOffset Now = new(2026, 3, 2, 8, 0, 0, TimeSpan.Zero);

    public static ServerLoad Server(
        string id, long seen = 0, long unseen = 0, decimal multiplier = 1, string? tag = null, int meetings = 0) =>
        new(id, tag, multiplier, meetings, seen, unseen, seen, unseen, Now.AddSeconds(-10));

    public static ServerLoad[] Equal(int count) => [.. Enumerable.Range(0, count).Select(i => Server($"s{i:00}"))];

    public static PlacementSettings Settings(string policy = "least-load", bool untaggedMayUseTagged = false) =>
        new(PlacementPolicies.ByName(policy)!, 15, untaggedMayUseTagged);

    public static PlacementRequest[] Creates(int count) =>
        [.. Enumerable.Range(0, count).Select(i => new PlacementRequest($"m{i}", TagRequest.Untagged))];

    public static Dictionary<string, int> Counts(IEnumerable<PlacementOutcome> outcomes) =>
        outcomes.Cast<PlacementOutcome.Placed>().GroupBy(placed => placed.Server.ServerId).ToDictionary(g => g.Key, g => g.Count());

    public static string? Chosen(PlacementOutcome outcome) => (outcome as PlacementOutcome.Placed)?.Server.ServerId;
}
