using Scalelite.Domain.Polling;
using Scalelite.Domain.Servers;
using Scalelite.Domain.WhatIf;
using Xunit;
using static Scalelite.Domain.Tests.WhatIf.GivenPast;

namespace Scalelite.Domain.Tests.WhatIf;

public sealed class SimulatedPollTests
{
    [Theory]
    [InlineData(10)]
    [InlineData(7)]
    [InlineData(60)]
    public void A_server_has_its_turns_when_it_is_polled_live(int seconds)
    {
        var interval = TimeSpan.FromSeconds(seconds);
        foreach (var id in new[] { "a", "node-07", "0197b3f4-98a5-7c11-8f14-111111111111" })
        {
            var server = new SimulatedServer(id, null, 1, interval);
            server.Turn(Health.Online, Start.ToUnixTimeMilliseconds());
            var polled = Start;
            for (var i = 0; i < 20; i++)
            {
                var next = PollSchedule.Next(id, interval, polled, polled);
                Assert.Equal(polled.ToUnixTimeMilliseconds(), server.LastAnswer(next.ToUnixTimeMilliseconds() - 1));
                Assert.Equal(next.ToUnixTimeMilliseconds(), server.LastAnswer(next.ToUnixTimeMilliseconds()));
                polled = next;
            }
        }
    }

    [Fact]
    public void While_its_polls_fail_the_last_answer_stays()
    {
        var server = new SimulatedServer("a", null, 1, TimeSpan.FromSeconds(10));
        Assert.Equal(long.MinValue, server.LastAnswer(Milliseconds(0)));
        server.Turn(Health.Online, Milliseconds(0));
        server.Turn(Health.Suspect, Milliseconds(100));
        var last = server.LastAnswer(Milliseconds(100));
        server.Turn(Health.Offline, Milliseconds(110));
        Assert.Equal((last, Milliseconds(110)), (server.LastAnswer(Milliseconds(500)), server.OfflineSince!.Value));
        server.Turn(Health.Online, Milliseconds(600));
        Assert.Equal((Milliseconds(600), (long?)null), (server.LastAnswer(Milliseconds(601)), server.OfflineSince));
    }
}
