using FsCheck;
using FsCheck.Fluent;
using Scalelite.Domain.Placement;
using Xunit;
using static Scalelite.Domain.Tests.Placement.Pool;

namespace Scalelite.Domain.Tests.Placement;

public sealed class PlacementProperties
{
    private static readonly Gen<ServerLoad[]> Servers =
        from count in Gen.Choose(1, 12)
        from servers in Gen.ArrayOf(
            from seen in Gen.Choose(0, 60)
            from unseen in Gen.Choose(0, 4)
            from meetings in Gen.Choose(0, 3)
            from multiplier in Gen.Elements(0.5m, 1m, 1m, 2m)
            from tag in Gen.Elements(null, null, "a", "b")
            select Server("", seen, unseen * 15, multiplier, tag, meetings), count)
        select servers.Select((server, i) => server with { ServerId = $"s{i:00}" }).ToArray();

    private static readonly Gen<PlacementRequest[]> Requests = Gen.ArrayOf(
        from id in Gen.Elements("m1", "m2", "m3", "m4", "m5", "m6", "m7", "m8")
        from tag in Gen.Elements(null, null, "a", "b!", "a;b", "none!", "a;none")
        from held in Gen.SubListOf("s00", "s01", "s02")
        select new PlacementRequest(id, TagRequest.Parse(tag), 1, held.ToHashSet()));

    [Fact]
    public void Least_load_never_picks_a_server_when_another_candidate_has_less() => Check(
        from servers in Servers from requests in Requests select (servers, requests),
        given => Placing.DecideAll(Settings(), given.servers, given.requests, default, Now)
            .OfType<PlacementOutcome.Placed>()
            .All(placed => placed.Why.Considered.All(other => other.Load >= placed.Why.Considered[0].Load)));

    [Fact]
    public void A_load_is_never_negative_and_a_reservation_never_lowers_it() => Check(
        from servers in Servers from policy in Gen.Elements([.. PlacementPolicies.Names]) select (servers, policy),
        given => given.servers.All(server =>
        {
            var policy = PlacementPolicies.ByName(given.policy)!;
            var before = policy.Weigh(server).Load;
            return before >= 0 && policy.Weigh(server.WithReservation(15)).Load > before;
        }));

    [Fact]
    public void Loads_end_no_further_apart_than_they_began_or_one_reservation() => Check(
        from servers in Servers from count in Gen.Choose(0, 200) select (servers, count),
        given =>
        {
            ServerLoad[] servers = [.. given.servers.Select(server => server with { Tag = null })];
            var placed = Counts(Placing.DecideAll(Settings(), servers, Creates(given.count), default, Now));
            var before = servers.Select(s => (s.Seen + s.Unseen) * s.Multiplier).ToList();
            var after = servers.Select(s => (s.Seen + s.Unseen + 15 * placed.GetValueOrDefault(s.ServerId)) * s.Multiplier).ToList();
            return after.Max() - after.Min() <= Math.Max(before.Max() - before.Min(), 15 * servers.Max(s => s.Multiplier));
        });

    [Fact]
    public void Placing_together_is_placing_one_by_one() => Check(
        from servers in Servers
        from requests in Requests
        from policy in Gen.Elements([.. PlacementPolicies.Names])
        from seed in Gen.Choose(0, int.MaxValue)
        select (servers, requests, policy, seed),
        given =>
        {
            var settings = Settings(given.policy);
            var together = Placing.DecideAll(settings, given.servers, given.requests, new PlacementTurn(3, (ulong)given.seed), Now);
            return together.Select(Chosen).SequenceEqual(OneByOne(settings, given.servers, given.requests, new PlacementTurn(3, (ulong)given.seed)));
        });

    private static IEnumerable<string?> OneByOne(
        PlacementSettings settings, ServerLoad[] servers, PlacementRequest[] requests, PlacementTurn turn)
    {
        var pool = servers.ToArray();
        var holding = new Dictionary<string, HashSet<string>>();
        foreach (var request in requests)
        {
            if (!holding.TryGetValue(request.MeetingId, out var held))
                holding[request.MeetingId] = held = [];
            var all = request.Holding!.Union(held).ToHashSet();
            var outcome = Placing.Decide(settings, pool, request with { Holding = all }, turn, Now);
            if (outcome is PlacementOutcome.Placed placed)
            {
                var at = Array.FindIndex(pool, server => server.ServerId == placed.Server.ServerId);
                pool[at] = pool[at].WithReservation(settings.MinimumUsers);
                held.Add(placed.Server.ServerId);
                turn = turn with { Number = turn.Number + 1 };
            }

            yield return Chosen(outcome);
        }
    }

    private static void Check<T>(Gen<T> given, Func<T, bool> holds) =>
        Prop.ForAll(given.ToArbitrary(), holds).QuickCheckThrowOnFailure();
}
