using Scalelite.Domain.Joins;
using Scalelite.Testing;
using Scalelite.Workers.Joins;
using Scalelite.Workers.Tests.Pool;
using Xunit;

namespace Scalelite.Workers.Tests.Joins;

public sealed class JoinTests
{
    [Fact]
    public async Task Joins_of_a_second_are_one_event_and_none_is_lost_at_a_stop()
    {
        await using var pool = await TestPool.StartAsync(1);
        var node = pool.Nodes.Nodes[0];
        var (one, other) = (await pool.StartMeetingAsync(node, "one"), await pool.StartMeetingAsync(node, "other"));
        var counter = pool.Service<JoinCounter>();

        Parallel.For(0, 1000, i => counter.Count(i % 4 == 0 ? other : one, node.Name));
        await Eventually.HoldsAsync("they are written", async () => await JoinsAsync(pool, one) + await JoinsAsync(pool, other) == 1000);
        counter.Count(one, node.Name);
        await pool.StopHostAsync();

        Assert.Equal((751, 250), (await JoinsAsync(pool, one), await JoinsAsync(pool, other)));
        Assert.InRange(await pool.Database.ScalarAsync<long>("select count(*) from mt_events where type = 'joins_routed'"), 2, 4);
    }

    [Fact]
    public void Joins_that_could_not_be_written_are_counted_again()
    {
        var counter = new JoinCounter(TimeProvider.System);
        var (one, other) = (Guid.NewGuid(), Guid.NewGuid());
        counter.Count(one, "a");
        var taken = counter.Take()!;
        counter.Count(one, "a");
        counter.Count(other, "a");
        counter.PutBack(taken);

        var again = counter.Take()!;

        Assert.Equal(taken.From, again.From);
        Assert.Equal([new RoutedJoins(one, "a", 2), new RoutedJoins(other, "a", 1)], again.Joins.OrderByDescending(j => j.Count));
        Assert.Null(counter.Take());
    }

    private static Task<long> JoinsAsync(TestPool pool, Guid instance) =>
        pool.Database.ScalarAsync<long>("select joins from meeting_joins where instance = $1", instance);
}
