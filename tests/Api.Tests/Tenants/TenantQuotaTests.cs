using Scalelite.Api.Tests.Calls;
using Scalelite.Workers.Configuration;
using Xunit;

namespace Scalelite.Api.Tests.Tenants;

/// <summary>How much a tenant may have at once, and tenants that may do nothing new.</summary>
public sealed class TenantQuotaTests
{
    [Fact]
    public async Task A_create_beyond_the_quota_of_meetings_is_refused_however_many_ask_at_once()
    {
        await using var pool = await TenantPool.StartAsync(2, TenantPool.Patient);
        var (school, uni) = (await pool.AddAsync("school"), await pool.AddAsync("uni"));
        await pool.ChangeAsync((tenants, by) => tenants.LimitAsync(school.Id, _ => (5, null), by, CancellationToken.None));

        var creates = await Task.WhenAll(Enumerable.Range(0, 20).Select(n => school.CreateAsync($"room-{n}")));

        Assert.Equal(5, creates.Count(create => create.Code == "SUCCESS"));
        Assert.All(creates.Where(create => create.Code != "SUCCESS"), create => Assert.Equal(
            ("maxConcurrent", "The number of concurrent meetings allowed has been reached."), (create.Key, create.Message)));
        Assert.Equal(5L, pool.Balancer.Pool.Nodes.Sum(node => node.Journal.Count("create")));

        // What runs is created again as often as it likes, others have no part in the quota, and an end makes room.
        var first = creates.First(create => create.Code == "SUCCESS");
        Assert.Equal("SUCCESS", (await school.CreateAsync(first["meetingID"])).Code);
        Assert.Equal("SUCCESS", (await uni.CreateAsync("lecture")).Code);
        Assert.Equal("SUCCESS", (await school.GetAsync("end", $"meetingID={first["meetingID"]}&password={first["moderatorPW"]}")).Code);
        Assert.Equal("SUCCESS", (await school.CreateAsync("another")).Code);
        Assert.Equal("maxConcurrent", (await school.CreateAsync("one-more")).Key);
    }

    [Fact]
    public async Task A_create_that_its_node_refuses_gives_its_share_of_the_quota_back()
    {
        await using var node = await RecordingNode.StartAsync();
        await using var pool = await TenantPool.StartAsync(0);
        await pool.Balancer.RegisterAsync("recording", node.Url, RecordingNode.Secret);
        var school = await pool.AddAsync("school");
        await pool.ChangeAsync((tenants, by) => tenants.LimitAsync(school.Id, _ => (1, null), by, CancellationToken.None));
        node.Answer = _ => new Told("<response><returncode>FAILED</returncode><messageKey>sizeError</messageKey><message>no</message></response>");
        Assert.Equal("sizeError", (await school.CreateAsync("room-1")).Key);

        node.Answer = Told.Created;
        Assert.Equal("SUCCESS", (await school.CreateAsync("room-2")).Code);
        Assert.Equal("maxConcurrent", (await school.CreateAsync("room-3")).Key);
    }

    [Fact]
    public async Task A_create_beyond_the_quota_of_users_is_refused_until_they_leave()
    {
        await using var pool = await TenantPool.StartAsync(1);
        var school = await pool.AddAsync("school");
        await pool.ChangeAsync((tenants, by) => tenants.LimitAsync(school.Id, _ => (null, 3), by, CancellationToken.None));
        await school.StartAsync("room");
        var node = pool.Balancer.Node("node-1");
        node.AddUsers("room", 3);
        var breakout = node.StartBreakout("room", 1);
        node.AddUsers(breakout.MeetingID, 3);
        await pool.Balancer.PollAsync();

        Assert.Equal(
            ("maxConcurrentUsers", "The number of concurrent users allowed has been reached."),
            ((await school.CreateAsync("another")).Key, (await school.CreateAsync("another")).Message));
        node.RemoveUsers("room", 1);
        await pool.Balancer.PollAsync();
        Assert.Equal("SUCCESS", (await school.CreateAsync("another")).Code);
    }

    [Fact]
    public async Task A_create_under_a_quota_waits_for_two_round_trips_before_its_node_is_called()
    {
        DatabaseWire? wire = null;
        await using var node = await RecordingNode.StartAsync();
        await using var pool = await TenantPool.StartAsync(0, settings =>
        {
            wire = new DatabaseWire(settings.Database.ConnectionString!);
            return settings with { Database = new DatabaseSettings { ConnectionString = wire.ConnectionString } };
        });
        await using var counted = wire!;
        await pool.Balancer.RegisterAsync("recording", node.Url, RecordingNode.Secret);
        var school = await pool.AddAsync("school");
        await pool.ChangeAsync((tenants, by) => tenants.LimitAsync(school.Id, _ => (1000, 1000), by, CancellationToken.None));
        await pool.ChangeAsync((tenants, by) => tenants.SetAsync(school.Id, "welcome", "Hello", false, by, CancellationToken.None));
        for (var n = 0; n < 5; n++) await school.StartAsync($"warm-{n}");
        var (before, least) = (0, int.MaxValue);
        node.Answer = create =>
        {
            least = Math.Min(least, wire!.RoundTrips - before);
            return Told.Created(create);
        };

        for (var n = 0; n < 8; n++)
        {
            before = wire!.RoundTrips;
            await school.StartAsync($"room-{n}");
        }

        Assert.Equal(2, least);
    }

    [Fact]
    public async Task A_disabled_tenant_creates_and_joins_nothing_and_its_meetings_go_on()
    {
        await using var pool = await TenantPool.StartAsync(1);
        var (school, uni) = (await pool.AddAsync("school"), await pool.AddAsync("uni"));
        var room = await school.StartAsync("room");
        await pool.ChangeAsync((tenants, by) => tenants.DisableAsync(school.Id, by, CancellationToken.None));

        foreach (var refused in new[]
        {
            await school.CreateAsync("room"), await school.CreateAsync("another"), await school.GetAsync("join", "meetingID=room&fullName=A&role=VIEWER"),
        })
        {
            Assert.Equal(("tenantDisabled", "This tenant is disabled."), (refused.Key, refused.Message));
        }

        Assert.Equal(["room"], await school.MeetingsAsync());
        Assert.Equal("SUCCESS", (await school.GetAsync("getMeetingInfo", "meetingID=room")).Code);
        Assert.Equal("SUCCESS", (await uni.CreateAsync("lecture")).Code);
        await pool.ChangeAsync((tenants, by) => tenants.EnableAsync(school.Id, by, CancellationToken.None));
        Assert.Equal(302, (await school.GetAsync("join", "meetingID=room&fullName=A&role=VIEWER")).Status);
        await pool.ChangeAsync((tenants, by) => tenants.DisableAsync(school.Id, by, CancellationToken.None));
        Assert.Equal("SUCCESS", (await school.GetAsync("end", $"meetingID=room&password={room["moderatorPW"]}")).Code);
    }
}
