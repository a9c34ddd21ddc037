using Scalelite.Api.Hosting;
using Scalelite.Api.Tests.Calls;
using Scalelite.Simulator.Faults;
using Scalelite.Testing;
using Xunit;

namespace Scalelite.Api.Tests.Tenants;

/// <summary>Tenants share servers, and nothing else (pitfalls: what must hold, 3).</summary>
public sealed class TenantIsolationTests
{
    [Fact]
    public async Task One_meetingID_in_two_tenants_is_two_meetings_on_two_servers()
    {
        await using var pool = await TenantPool.StartAsync(2);
        var (school, uni) = (await pool.AddAsync("school"), await pool.AddAsync("uni"));
        var (one, two) = (await school.StartAsync("room"), await uni.StartAsync("room"));

        Assert.NotEqual(await school.LocationAsync("room"), await uni.LocationAsync("room"));
        Assert.NotEqual(one["internalMeetingID"], two["internalMeetingID"]);
        Assert.Equal(one["internalMeetingID"], (await school.GetAsync("getMeetingInfo", "meetingID=room"))["internalMeetingID"]);
        Assert.Equal(two["internalMeetingID"], (await uni.GetAsync("getMeetingInfo", "meetingID=room"))["internalMeetingID"]);
        Assert.NotEqual(one["voiceBridge"], two["voiceBridge"]);

        // A repeated create finds its own, and an end ends its own.
        Assert.Equal(one["internalMeetingID"], (await school.CreateAsync("room"))["internalMeetingID"]);
        Assert.Equal("SUCCESS", (await school.GetAsync("end", $"meetingID=room&password={one["moderatorPW"]}")).Code);
        Assert.Equal("notFound", (await school.GetAsync("getMeetingInfo", "meetingID=room")).Key);
        Assert.Equal(["room"], await uni.MeetingsAsync());
        Assert.Empty(await school.MeetingsAsync());
    }

    [Fact]
    public async Task One_meetingID_in_two_tenants_and_one_server_is_idNotUnique_and_the_node_saw_one_create()
    {
        await using var pool = await TenantPool.StartAsync(1);
        var (school, uni) = (await pool.AddAsync("school"), await pool.AddAsync("uni"));
        await school.StartAsync("room");

        Assert.Equal("idNotUnique", (await uni.CreateAsync("room")).Key);
        Assert.Equal("idNotUnique", (await uni.CreateAsync("room")).Key);
        Assert.Equal(1, pool.Balancer.Node("node-1").Journal.Count("create"));
        Assert.Empty(await uni.MeetingsAsync());
        Assert.Equal(["room"], await school.MeetingsAsync());
    }

    [Fact]
    public async Task Of_two_tenants_that_create_one_meetingID_at_once_each_gets_its_own()
    {
        await using var pool = await TenantPool.StartAsync(2, TenantPool.Patient);
        var (school, uni) = (await pool.AddAsync("school"), await pool.AddAsync("uni"));
        var creates = await Task.WhenAll(Enumerable.Range(0, 20).Select(n => (n % 2 == 0 ? school : uni).CreateAsync("room")));

        Assert.All(creates, create => Assert.Equal("SUCCESS", create.Code));
        Assert.Single(creates.Where((_, n) => n % 2 == 0).Select(create => create["internalMeetingID"]).Distinct());
        Assert.Single(creates.Where((_, n) => n % 2 == 1).Select(create => create["internalMeetingID"]).Distinct());
        Assert.Equal(2, creates.Select(create => create["internalMeetingID"]).Distinct().Count());
    }

    [Fact]
    public async Task Meetings_of_a_node_that_is_silent_are_listed_for_their_tenant_only()
    {
        await using var pool = await TenantPool.StartAsync(1);
        var (school, uni) = (await pool.AddAsync("school"), await pool.AddAsync("uni"));
        await school.StartAsync("lesson");
        await uni.StartAsync("lecture");
        await pool.Balancer.PollAsync();
        pool.Balancer.Node("node-1").Faults.Add(Fault.HtmlError().On("getMeetings"));

        Assert.Equal(["lesson"], await school.MeetingsAsync());
        Assert.Equal(["lecture"], await uni.MeetingsAsync());
    }

    [Fact]
    public async Task Breakouts_and_meetings_that_a_node_has_of_itself_belong_to_the_tenant_of_their_parent_or_their_metadata()
    {
        await using var pool = await TenantPool.StartAsync(1, roles: Roles.Api | Roles.Workers);
        var (school, uni) = (await pool.AddAsync("school"), await pool.AddAsync("uni"));
        await school.StartAsync("room");
        var node = pool.Balancer.Node("node-1");
        var breakout = node.StartBreakout("room", 1);
        node.StartMeeting("found", metadata: new Dictionary<string, string> { ["tenant-id"] = uni.Id });
        node.StartMeeting("stray");

        // Before a poll has seen them, and after they were adopted.
        string[] ofSchool = [.. new[] { "room", breakout.MeetingID }.Order(StringComparer.Ordinal)];
        Assert.Equal(ofSchool, await school.MeetingsAsync());
        Assert.Equal(["found"], await uni.MeetingsAsync());
        await pool.Balancer.PollAsync();
        await Eventually.HoldsAsync("they are adopted", async () => await school.LocationAsync(breakout.MeetingID) is not null && await uni.LocationAsync("found") is not null);
        Assert.Equal(ofSchool, await school.MeetingsAsync());
        Assert.Equal(["found"], await uni.MeetingsAsync());
        Assert.Equal("SUCCESS", (await school.GetAsync("getMeetingInfo", $"meetingID={breakout.MeetingID}")).Code);
        Assert.Equal("notFound", (await uni.GetAsync("getMeetingInfo", $"meetingID={breakout.MeetingID}")).Key);
        Assert.Equal("SUCCESS", (await uni.GetAsync("getMeetingInfo", "meetingID=found")).Code);
        Assert.Equal("notFound", (await school.GetAsync("getMeetingInfo", "meetingID=stray")).Key);
    }
}
