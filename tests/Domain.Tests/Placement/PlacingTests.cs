using Scalelite.Domain.Placement;
using Xunit;
using static Scalelite.Domain.Tests.Placement.Pool;

namespace Scalelite.Domain.Tests.Placement;

public sealed class PlacingTests
{
    [Fact]
    public void Two_hundred_creates_over_twenty_equal_servers_give_each_exactly_ten_in_any_order_of_the_servers()
    {
        var order = new Random(7);
        for (var i = 0; i < 20; i++)
        {
            var servers = Equal(20);
            order.Shuffle(servers);
            var counts = Counts(Placing.DecideAll(Settings(), servers, Creates(200), default, Now));
            Assert.All(servers, server => Assert.Equal(10, counts[server.ServerId]));
        }
    }

    [Fact]
    public void Fifty_creates_over_servers_at_0_and_40_go_26_and_24()
    {
        var counts = Counts(Placing.DecideAll(Settings(), [Server("a"), Server("b", seen: 40)], Creates(50), default, Now));
        Assert.Equal((26, 24), (counts["a"], counts["b"]));
    }

    [Fact]
    public void A_server_with_twice_the_multiplier_gets_half_the_meetings()
    {
        var counts = Counts(Placing.DecideAll(Settings(), [Server("a"), Server("b", multiplier: 2)], Creates(30), default, Now));
        Assert.Equal((20, 10), (counts["a"], counts["b"]));
    }

    [Fact]
    public void Equal_loads_are_told_apart_by_meetings_and_then_by_id()
    {
        Assert.Equal("b", Chosen(Decide([Server("a", 15, meetings: 2), Server("c", 15, meetings: 1), Server("b", 15, meetings: 1)])));
    }

    [Fact]
    public void Scalelites_arithmetic_counts_a_placement_as_one()
    {
        ServerLoad[] servers = [Server("a"), Server("b", seen: 20)];
        var counts = Counts(Placing.DecideAll(Settings("scalelite"), servers, Creates(20), default, Now));
        Assert.Equal(20, counts["a"]);
    }

    [Fact]
    public void Round_robin_goes_on_from_the_turn_that_it_is_given()
    {
        var outcomes = Placing.DecideAll(Settings("round-robin"), [Server("c"), Server("a"), Server("b")], Creates(4), new PlacementTurn(5, 0), Now);
        Assert.Equal(["c", "a", "b", "c"], outcomes.Select(Chosen));
    }

    [Fact]
    public void Two_choices_repeats_itself_for_a_seed_and_keeps_the_spread_small()
    {
        var turn = new PlacementTurn(100, 42);
        var first = Placing.DecideAll(Settings("two-choices"), Equal(20), Creates(200), turn, Now).Select(Chosen).ToList();
        var again = Placing.DecideAll(Settings("two-choices"), Equal(20), Creates(200), turn, Now).Select(Chosen).ToList();
        Assert.Equal(first, again);
        var counts = first.GroupBy(id => id).Select(g => g.Count()).ToList();
        Assert.Equal(20, counts.Count);
        Assert.InRange(counts.Max() - counts.Min(), 0, 8);
    }

    [Fact]
    public void A_policy_is_found_by_its_name_in_any_case()
    {
        Assert.Equal(["least-load", "scalelite", "round-robin", "two-choices"], PlacementPolicies.Names);
        Assert.All(PlacementPolicies.Names, name => Assert.Equal(name, PlacementPolicies.ByName(name.ToUpperInvariant())?.Name));
        Assert.Null(PlacementPolicies.ByName("most-load"));
    }

    [Fact]
    public void The_reason_shows_the_chosen_server_first_and_the_least_loaded_of_the_others_in_order()
    {
        ServerLoad[] servers = [.. Enumerable.Range(0, 50).Select(i => Server($"s{i:00}", seen: (i * 37) % 50, multiplier: 1.333m, unseen: 15))];
        var placed = Assert.IsType<PlacementOutcome.Placed>(
            Placing.Decide(Settings("round-robin"), servers, new PlacementRequest("m", TagRequest.Untagged, 2), new PlacementTurn(41, 0), Now));
        var why = placed.Why;
        Assert.Equal(("round-robin", "next of 50 in turn", 50, 2), (why.Policy, why.Rule, why.Candidates, why.Attempt));
        Assert.Equal(32, why.Considered.Count);
        Assert.Equal("s41", why.Considered[0].ServerId);
        var others = why.Considered.Skip(1).Select(c => c.Load).ToList();
        Assert.Equal(others.Order(), others);
        var expected = servers.Where(s => s.ServerId != "s41").Select(s => Math.Round((s.Seen + s.Unseen) * s.Multiplier, 2)).Order().Take(31);
        Assert.Equal(expected, others);
        Assert.Equal((15L, 10d), (why.Considered[0].Reserved, why.Considered[0].PollAgeSeconds));
    }

    [Fact]
    public void Without_servers_or_with_all_tried_there_is_none_available()
    {
        Assert.Equal(new PlacementOutcome.Failed(PlacementError.NoServerAvailable, null), Decide([]));
        Assert.Equal(new PlacementOutcome.Failed(PlacementError.NoServerAvailable, null), Decide([Server("a")], tried: ["a"]));
    }

    [Fact]
    public void A_server_that_holds_the_id_for_another_tenant_is_passed_over_and_if_no_other_is_left_the_id_is_not_unique()
    {
        Assert.Equal("b", Chosen(Decide([Server("a"), Server("b", seen: 99)], holding: ["a"])));
        Assert.Equal(new PlacementOutcome.Failed(PlacementError.IdNotUnique, null), Decide([Server("a"), Server("b")], holding: ["a", "b"]));
        Assert.Equal(
            new PlacementOutcome.Failed(PlacementError.NoServerAvailable, null), Decide([Server("a")], holding: ["a"], tried: ["a"]));
    }

    [Fact]
    public void Two_meetings_with_one_id_that_wait_together_go_to_two_servers()
    {
        PlacementRequest[] twins = [new("room", TagRequest.Untagged), new("room", TagRequest.Untagged), new("room", TagRequest.Untagged)];
        var outcomes = Placing.DecideAll(Settings(), [Server("a"), Server("b", seen: 500)], twins, default, Now);
        Assert.Equal(["a", "b", null], outcomes.Select(Chosen));
        Assert.Equal(new PlacementOutcome.Failed(PlacementError.IdNotUnique, null), outcomes[2]);
    }

    private static PlacementOutcome Decide(ServerLoad[] servers, string[]? holding = null, string[]? tried = null) => Placing.Decide(
        Settings(), servers, new PlacementRequest("m", TagRequest.Untagged, 1, holding?.ToHashSet(), tried?.ToHashSet()), default, Now);
}
