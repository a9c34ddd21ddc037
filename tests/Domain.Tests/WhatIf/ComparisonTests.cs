using System.Text.Json;
using Scalelite.Domain.Placement;
using Scalelite.Domain.WhatIf;
using Scalelite.Domain.WhatIf.Scenarios;
using Xunit;
using static Scalelite.Domain.Tests.WhatIf.GivenPast;

namespace Scalelite.Domain.Tests.WhatIf;

public sealed class ComparisonTests
{
    [Theory]
    [InlineData("school-morning")]
    [InlineData("node-failure")]
    public void The_same_input_and_seed_give_the_same_result_and_another_seed_another(string name)
    {
        Assert.Equal(Told(1), Told(1));
        Assert.NotEqual(Told(1), Told(2));

        string Told(ulong seed)
        {
            var scenario = Scenario.Create(name, servers: 6, seed: seed)!;
            var comparison = new Comparison(
                [Side("least-load"), Side("two-choices", 10)], new(scenario.From, scenario.To, TimeSpan.FromMinutes(1)), scenario.From.AddHours(-7), seed);
            foreach (var happening in scenario.Happenings) comparison.Add(happening);
            return JsonSerializer.Serialize(comparison.Report().Select(side => (object)new { side.Report.Overall, side.Report.Servers, side.Placed, side.Returned }));
        }
    }

    [Fact]
    public void What_was_placed_by_a_policy_is_placed_so_again_by_the_same()
    {
        var scenario = Scenario.Create("school-morning", servers: 6)!;
        var first = Pool(Side());
        var past = scenario.Happenings.Select(happening =>
        {
            first.Happen(happening);
            return happening is MeetingArrived arrived ? arrived with { Was = new(first.ServerOf(arrived.Run)!, null, 6) } : happening;
        }).ToList();

        var sides = Compare([Side() with { Name = "was", Policy = null }, Side()], past, hours: 6);
        Assert.Equal(sides[0].Report.Servers, sides[1].Report.Servers);
        var (was, again) = (sides[0].Report.Overall, sides[1].Report.Overall);
        Assert.Equal((was.Placements, was.LongestRun, was.MostPlacedOnto), (again.Placements, again.LongestRun, again.MostPlacedOnto));
        Assert.Equal(was.Gini!.Value, again.Gini!.Value, 9);
    }

    [Fact]
    public void Another_pool_and_another_setting_change_one_side_only()
    {
        Happening[] past = [.. Server("a"), .. Server("b"), .. Enumerable.Range(1, 12).Select(i => Meeting(i, i, 10, was: new(i % 2 == 0 ? "a" : "b", null, 2)))];
        var was = Side() with { Name = "was", Policy = null };
        var sides = Compare(
            [was, Side() with { Without = new HashSet<string> { "b" } }, Side() with { Added = [new("c", 0.5m)] }, Side(minimumUsers: 0)], past);

        Assert.Equal([("a", 6L), ("b", 6L)], Placements(sides[0]));
        Assert.Equal([("a", 12L)], Placements(sides[1]));
        Assert.Equal([("a", 3L), ("b", 3L), ("c", 6L)], Placements(sides[2]));
        Assert.NotEqual(Placements(sides[0]), Placements(sides[3]));

        static IEnumerable<(string, long)> Placements(SideOutcome side) => side.Report.Servers.Select(server => (server.ServerId, server.Placements));
    }

    [Fact]
    public void What_is_kept_does_not_grow_with_the_length_of_the_history()
    {
        Assert.InRange(KeptAfter(days: 12), 0, 2 * KeptAfter(days: 3) + 100);

        static int KeptAfter(int days)
        {
            var pool = new SimulatedPool(Side(pollSeconds: 30), Meter(), 1, 0);
            var most = 0;
            foreach (var happening in Scenario.Create("school-morning", servers: 4, days: days)!.Happenings)
            {
                pool.Happen(happening);
                most = Math.Max(most, pool.Kept);
            }

            return most;
        }
    }

    [Fact]
    public void Every_scenario_tells_a_day_in_order_of_time_and_of_the_size_that_was_asked_for()
    {
        foreach (var name in Scenario.Names)
        {
            var happenings = Scenario.Create(name, servers: 5)!.Happenings.ToList();
            Assert.Equal(happenings.Select(h => h.At).Order(), happenings.Select(h => h.At));
            var twice = Scenario.Create(name, servers: 5, scale: 2)!.Happenings.OfType<MeetingArrived>().Count();
            Assert.InRange(twice, happenings.OfType<MeetingArrived>().Count() * 1.8, happenings.OfType<MeetingArrived>().Count() * 2.1);
        }

        Assert.Null(Scenario.Create("holidays"));
    }

    [Fact]
    public void Least_load_is_the_most_even_in_every_scenario_where_nodes_are_few_and_bursts_are_large()
    {
        foreach (var name in new[] { "school-morning", "exam-week", "node-failure" })
        {
            var scenario = Scenario.Create(name, servers: 10)!;
            var comparison = new Comparison(
                [.. PlacementPolicies.Names.Select(policy => Side(policy))], new(scenario.From, scenario.To, TimeSpan.FromMinutes(1)), scenario.From.AddHours(-7), 1);
            foreach (var happening in scenario.Happenings) comparison.Add(happening);
            var gini = comparison.Report().ToDictionary(side => side.Side.Name, side => side.Report.Overall.Gini);
            Assert.True(gini["least-load"] <= gini["round-robin"] && gini["least-load"] < gini["two-choices"] && gini["least-load"] < gini["scalelite"], name);
        }
    }
}
