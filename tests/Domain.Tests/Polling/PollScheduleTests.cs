using Scalelite.Domain.Polling;
using Xunit;

namespace Scalelite.Domain.Tests.Polling;

public sealed class PollScheduleTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 2, 8, 0, 17, TimeSpan.Zero);
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(60);

    [Fact]
    public void A_thousand_servers_spread_over_the_interval()
    {
        var seconds = Enumerable.Range(0, 1000)
            .Select(i => PollSchedule.Next($"node-{i}.example.org", Interval, Now - Interval, Now))
            .GroupBy(next => (int)(next - Now).TotalSeconds)
            .ToDictionary(g => g.Key, g => g.Count());
        Assert.Equal(60, seconds.Count);
        Assert.InRange(seconds.Values.Max(), 17, 40);
    }

    [Fact]
    public void A_server_keeps_its_phase_however_long_its_polls_take()
    {
        var first = PollSchedule.Next("node-1", Interval, Now - Interval, Now);
        var next = first;
        foreach (var seconds in new[] { 0.01, 3, 10, 20.5, 0.2 })
            next = PollSchedule.Next("node-1", Interval, next, next.AddSeconds(seconds));
        Assert.Equal(5 * Interval, next - first);
    }

    [Fact]
    public void A_poll_that_began_late_is_not_followed_at_once()
    {
        var turn = PollSchedule.Next("node-1", Interval, Now - Interval, Now);
        var late = turn.AddSeconds(55);
        Assert.Equal(turn + 2 * Interval, PollSchedule.Next("node-1", Interval, late, late.AddSeconds(1)));
    }
}
