using Scalelite.Workers.Configuration;
using Xunit;

namespace Scalelite.Api.Tests.Calls;

/// <summary>How often calls wait for PostgreSQL, and what goes on while it is away.</summary>
public sealed class DatabaseTests
{
    [Fact]
    public async Task A_create_waits_for_two_round_trips_before_its_node_is_called()
    {
        await using var node = await RecordingNode.StartAsync();
        await using var wired = await WiredAsync(0);
        var balancer = wired.Balancer;
        await balancer.RegisterAsync("recording", node.Url, RecordingNode.Secret);
        for (var n = 0; n < 5; n++) await balancer.CreateAsync($"warm-{n}");
        var (before, least) = (0, int.MaxValue);
        node.Answer = create =>
        {
            least = Math.Min(least, wired.Wire.RoundTrips - before);
            return Told.Created(create);
        };

        for (var n = 0; n < 5; n++)
        {
            before = wired.Wire.RoundTrips;
            await balancer.CreateAsync($"room-{n}", "&meta_bn-recording-ready-url=https://lms.example/a&meta_endCallbackUrl=https://lms.example/b");
        }

        Assert.Equal(2, least);
    }

    [Fact]
    public async Task Calls_about_a_meeting_read_once_in_a_second_at_most()
    {
        await using var wired = await WiredAsync(1);
        var balancer = wired.Balancer;
        await balancer.CreateAsync("room-1");
        foreach (var (call, query) in new[] { ("join", "&fullName=A&role=VIEWER"), ("isMeetingRunning", ""), ("getMeetingInfo", "") })
        {
            var (cold, warm) = (int.MaxValue, int.MaxValue);
            for (var n = 0; n < 3; n++)
            {
                await Task.Delay(TimeSpan.FromSeconds(1.1));
                cold = Math.Min(cold, await CountAsync(call, query));
                warm = Math.Min(warm, await CountAsync(call, query));
            }

            Assert.Equal((call, 1, 0), (call, cold, warm));
        }

        async Task<int> CountAsync(string call, string query)
        {
            var before = wired.Wire.RoundTrips;
            await balancer.Lms.GetAsync(call, $"meetingID=room-1{query}");
            return wired.Wire.RoundTrips - before;
        }
    }

    [Fact]
    public async Task While_PostgreSQL_is_away_people_get_into_the_meetings_that_run()
    {
        await using var wired = await WiredAsync(1);
        var (balancer, lms) = (wired.Balancer, wired.Balancer.Lms);
        await balancer.CreateAsync("room-1");
        await lms.GetAsync("getMeetings");
        await lms.GetAsync("isMeetingRunning", "meetingID=room-1");
        wired.Wire.Cut();
        await Task.Delay(TimeSpan.FromSeconds(1.2));

        Assert.Equal(302, (await lms.GetAsync("join", "fullName=A&role=VIEWER&meetingID=room-1")).Status);
        Assert.Equal("SUCCESS", (await lms.GetAsync("getMeetingInfo", "meetingID=room-1")).Code);
        Assert.Equal("SUCCESS", (await lms.GetAsync("isMeetingRunning", "meetingID=room-1")).Code);
        Assert.Contains("room-1", (await lms.GetAsync("getMeetings")).Text, StringComparison.Ordinal);
        balancer.Node("node-1").Refuse();
        Assert.Equal("SUCCESS", (await lms.GetAsync("getMeetings")).Code);
        balancer.Node("node-1").Recover();
        var unknown = await lms.GetAsync("getMeetingInfo", "meetingID=room-2");
        Assert.Equal(("internalError", "The database of the load balancer is not available."), (unknown.Key, unknown.Message));
        Assert.Equal("internalError", (await lms.GetAsync("create", "name=Room&meetingID=room-2")).Key);
        Assert.Equal(503, (await lms.GetUrlAsync("/health_check")).Status);

        wired.Wire.Mend();
        Assert.Equal("SUCCESS", (await lms.GetAsync("create", "name=Room&meetingID=room-2")).Code);
        await Scalelite.Testing.Eventually.HoldsAsync(
            "the join that came meanwhile is written", async () => await balancer.Database.ScalarAsync<long>("select coalesce(sum(joins), 0)::bigint from meeting_joins") == 1);
    }

    private static async Task<Wired> WiredAsync(int nodes)
    {
        DatabaseWire? wire = null;
        var balancer = await Balancer.StartAsync(nodes, settings =>
        {
            wire = new DatabaseWire(settings.Database.ConnectionString!);
            return settings with { Database = new DatabaseSettings { ConnectionString = wire.ConnectionString } };
        });
        return new Wired(balancer, wire!);
    }

    private sealed record Wired(Balancer Balancer, DatabaseWire Wire) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            Wire.Mend();
            await Balancer.DisposeAsync();
            await Wire.DisposeAsync();
        }
    }
}
