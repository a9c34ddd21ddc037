using Scalelite.Api.Hosting;
using Scalelite.Api.Tests.Calls;
using Scalelite.Simulator.Faults;
using Scalelite.Testing;
using Xunit;

namespace Scalelite.Api.Tests.Tenants;

/// <summary>A tenant never sees or touches another's meeting (pitfalls: what must hold, 2 and 3).</summary>
public sealed class TenantIsolationTests
{
    [Fact]
    public async Task Every_look_up_of_a_meeting_is_scoped_by_its_tenant()
    {
        await using var pool = await TenantPool.StartAsync(2);
        var (school, uni) = (await pool.AddAsync("school"), await pool.AddAsync("uni"));
        await school.StartAsync("room", "&moderatorPW=mp&attendeePW=ap");
        var node = pool.Balancer.Node((await school.LocationAsync("room"))!);
        node.AddUsers("room", 2);

        Assert.Equal("notFound", (await uni.GetAsync("getMeetingInfo", "meetingID=room")).Key);
        Assert.Equal("notFound", (await uni.GetAsync("join", "meetingID=room&fullName=A&password=mp")).Key);
        Assert.Equal("notFound", (await uni.GetAsync("end", "meetingID=room&password=mp")).Key);
        Assert.Equal("false", (await uni.GetAsync("isMeetingRunning", "meetingID=room"))["running"]);
        Assert.Equal("meetingNotFound", (await uni.GetAsync("sendChatMessage", "meetingID=room&message=hello")).Key);
        Assert.Equal("notFound", (await pool.Balancer.Lms.SendAsync(
            HttpMethod.Post,
            pool.Balancer.Lms.Sign("insertDocument", "meetingID=room", with: uni.Secret),
            Lms.Bytes("<modules/>"u8.ToArray(), "application/xml"),
            request => request.Headers.Host = uni.Host)).Key);
        Assert.Equal("noMeetings", (await uni.GetAsync("getMeetings")).Key);
        Assert.Equal("noSessions", (await uni.GetAsync("getSessions")).Key);
        Assert.Equal("notFound", (await uni.GetAsync("getMeetingInfo", $"meetingID=room&meta_tenant-id={school.Id}")).Key);
        Assert.NotNull(node.Meeting("room"));

        Assert.Equal("SUCCESS", (await school.GetAsync("getMeetingInfo", "meetingID=room")).Code);
        Assert.Equal(302, (await school.GetAsync("join", "meetingID=room&fullName=A&password=mp")).Status);
        Assert.Equal("true", (await school.GetAsync("isMeetingRunning", "meetingID=room"))["running"]);
        Assert.Equal(["room"], await school.MeetingsAsync());
        Assert.Equal(2, (await school.GetAsync("getSessions")).Xml.Element("sessions")!.Elements().Count());
        Assert.Equal("SUCCESS", (await school.GetAsync("end", "meetingID=room&password=mp")).Code);
        Assert.Null(await school.LocationAsync("room"));
    }

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
    public async Task Reserved_metadata_cannot_be_set_or_removed_by_a_client()
    {
        await using var pool = await TenantPool.StartAsync(1);
        var (school, uni) = (await pool.AddAsync("school"), await pool.AddAsync("uni"));
        await school.StartAsync(
            "room",
            $"&meta_tenant-id={uni.Id}&META_Tenant-Id={uni.Id}&meta_tenant-name=uni&meta_Secret-LRS-payload=mine&meta_server-tag=gone&meta_course=7");

        var metadata = pool.Balancer.Node("node-1").Meeting("room")!.Metadata;
        Assert.Equal((school.Id, "school", "7"), (metadata["tenant-id"], metadata["tenant-name"], metadata["course"]));
        Assert.DoesNotContain("secret-lrs-payload", metadata.Keys);
        Assert.DoesNotContain("server-tag", metadata.Keys);
        Assert.Empty(await uni.MeetingsAsync());
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
