using Scalelite.Domain.Placement;
using Xunit;
using static Scalelite.Domain.Tests.Placement.Pool;

namespace Scalelite.Domain.Tests.Placement;

/// <summary>A round that goes on over loads that change chooses as one that is made anew each time.</summary>
public sealed class GoingOnTests
{
    [Theory]
    [InlineData("least-load")]
    [InlineData("scalelite")]
    [InlineData("round-robin")]
    [InlineData("two-choices")]
    public void A_round_that_is_shown_new_loads_chooses_as_a_new_one(string policy)
    {
        var random = new Random(11);
        var servers = Enumerable.Range(0, 30)
            .Select(i => Server($"s{i:00}", random.Next(0, 4) * 10, multiplier: random.Next(3) == 0 ? 1.5m : 1, tag: random.Next(4) == 0 ? "a" : null)).ToArray();
        var settings = Settings(policy);
        var turn = new PlacementTurn(5, 42);
        var goesOn = new PlacementRound(settings, servers, turn, Now);
        for (var i = 0; i < 300; i++)
        {
            var changed = random.Next(servers.Length);
            servers[changed] = servers[changed] with { Seen = random.Next(0, 40), Unseen = random.Next(0, 3) * 15, Meetings = random.Next(0, 5), ScaleliteSeen = random.Next(0, 40) };
            goesOn.Show(changed, servers[changed]);
            goesOn.Begin(Now);

            var request = new PlacementRequest($"m{i}", TagRequest.Parse(random.Next(4) switch { 0 => "a!", 1 => "a;none", _ => null }));
            var anew = Placing.Decide(settings, servers, request, turn, Now);
            var picked = goesOn.Pick(request, out var count);
            var placed = Assert.IsType<PlacementOutcome.Placed>(anew);
            Assert.Equal((placed.Server.ServerId, placed.Why.Candidates), (servers[picked!.Value].ServerId, count));
            servers[picked.Value] = servers[picked.Value].WithReservation(settings.MinimumUsers);
            turn = turn with { Number = turn.Number + 1 };
            Assert.Equal(turn, goesOn.Turn);
        }
    }

    [Fact]
    public void Loads_of_any_size_and_fraction_are_compared_as_decimals_are()
    {
        decimal[] loads = [0, 0.1m, 0.5m, 0.99m, 1, 1.000000001m, 14.9m, 15, 15.25m, 9.3e18m, 1e25m, 1.1e25m];
        foreach (var one in loads)
            foreach (var other in loads)
                Assert.Equal(one.CompareTo(other), Math.Sign(new Candidate(Server("a"), one, 0).CompareByLoad(new Candidate(Server("a"), other, 0))));
    }
}
