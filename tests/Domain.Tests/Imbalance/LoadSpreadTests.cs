using Scalelite.Domain.Imbalance;
using Xunit;

namespace Scalelite.Domain.Tests.Imbalance;

public class LoadSpreadTests
{
    private const int Digits = 12;

    [Fact]
    public void The_measures_of_10_20_and_60_are_those_that_one_finds_by_hand()
    {
        // m = 30; deviations 20, 10, 30: √((400 + 100 + 900)/3)/30; pairs 10, 40, 50, each twice: 200/(2·9·30).
        var spread = LoadSpread.Of([60, 10, 20])!.Value;

        Assert.Equal(2, spread.MaxToMean, Digits);
        Assert.Equal(Math.Sqrt(1400 / 3.0) / 30, spread.Variation, Digits);
        Assert.Equal(200 / 540.0, spread.Gini, Digits);
        Assert.Equal(60 / 90.0, spread.BusiestShare, Digits);
        Assert.Equal((90, 60, 30, 3), (spread.Total, spread.Max, spread.Mean, spread.Servers));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(7)]
    [InlineData(1000)]
    public void Equal_loads_are_no_imbalance(int servers)
    {
        var spread = LoadSpread.Of(Enumerable.Repeat(13.7, servers).ToArray())!.Value;

        Assert.Equal(1, spread.MaxToMean, Digits);
        Assert.Equal(0, spread.Variation, 9);
        Assert.Equal(0, spread.Gini, Digits);
        Assert.Equal(1.0 / servers, spread.BusiestShare, Digits);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(7)]
    [InlineData(1000)]
    public void One_server_with_everything_is_the_most_that_there_can_be(int servers)
    {
        var loads = new double[servers];
        loads[servers / 2] = 42;

        var spread = LoadSpread.Of(loads)!.Value;

        Assert.Equal(servers, spread.MaxToMean, 9);
        Assert.Equal(Math.Sqrt(servers - 1), spread.Variation, 9);
        Assert.Equal((servers - 1.0) / servers, spread.Gini, Digits);
        Assert.Equal(1, spread.BusiestShare, Digits);
    }

    [Fact]
    public void Of_a_single_server_nothing_is_unequal()
    {
        var spread = LoadSpread.Of([42])!.Value;

        Assert.Equal((1, 0, 0, 1), (spread.MaxToMean, spread.Variation, spread.Gini, spread.BusiestShare));
    }

    [Fact]
    public void Without_servers_or_without_load_nothing_can_be_said()
    {
        Assert.Null(LoadSpread.Of([]));
        Assert.Null(LoadSpread.Of([0, 0, 0]));
    }

    [Fact]
    public void Measures_know_no_unit_and_no_order_and_stay_in_their_bounds()
    {
        var chance = new Random(20261120);
        for (var turn = 0; turn < 200; turn++)
        {
            var loads = new double[chance.Next(1, 60)];
            for (var i = 0; i < loads.Length; i++) loads[i] = chance.Next(4) == 0 ? 0 : chance.NextDouble() * 500;
            if (LoadSpread.Of([.. loads]) is not { } spread) continue;

            var factor = 0.01 + (chance.NextDouble() * 100);
            double[] scaled = [.. loads.Select(load => load * factor)];
            chance.Shuffle(scaled);
            var other = LoadSpread.Of(scaled)!.Value;

            Assert.Equal(spread.MaxToMean, other.MaxToMean, 9);
            Assert.Equal(spread.Variation, other.Variation, 9);
            Assert.Equal(spread.Gini, other.Gini, 9);
            Assert.Equal(spread.BusiestShare, other.BusiestShare, 9);
            Assert.InRange(spread.MaxToMean, 1 - 1e-9, loads.Length + 1e-9);
            Assert.InRange(spread.Variation, 0, Math.Sqrt(loads.Length - 1) + 1e-9);
            Assert.InRange(spread.Gini, 0, (loads.Length - 1.0) / loads.Length + 1e-9);
            Assert.InRange(spread.BusiestShare, (1.0 / loads.Length) - 1e-9, 1 + 1e-9);

            // Against the definition, pair by pair.
            var pairs = loads.Sum(a => loads.Sum(b => Math.Abs(a - b)));
            Assert.Equal(pairs / (2.0 * loads.Length * loads.Length * loads.Average()), spread.Gini, 9);
        }
    }

    [Fact]
    public void Giving_load_from_a_busier_server_to_a_less_busy_one_makes_it_more_equal()
    {
        var before = LoadSpread.Of([10, 40, 90, 60])!.Value;
        var after = LoadSpread.Of([20, 40, 80, 60])!.Value;

        Assert.True(after.Gini < before.Gini);
        Assert.True(after.Variation < before.Variation);
        Assert.True(after.MaxToMean < before.MaxToMean);
    }
}
