using Scalelite.Api.Tests.Calls;
using Scalelite.Api.Tests.Recordings;
using Scalelite.Api.Tests.Tenants;
using Scalelite.Workers.Configuration;
using Xunit;

namespace Scalelite.Api.Tests.Invariants;

/// <summary>
/// What must hold, 3: no tenant sees or touches what is another's. Playback, callbacks and dial-in: TenantRecordingTests, TenantCallbackTests, TenantDialInTests.
/// </summary>
public sealed class Every_look_up_is_scoped_by_its_tenant
{
    [Fact]
    public async Task Of_a_meeting()
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
    public async Task Of_a_recording_and_a_call_on_several_tenants_recordings_changes_nothing_foreign()
    {
        await using var host = await RecordingHost.StartAsync(Multitenant);
        var pool = TenantPool.Of(host.Balancer);
        var (school, uni) = (await pool.AddAsync("school"), await pool.AddAsync("uni"));
        var own = await host.ImportAsync(tenant: school.Id, metadata: [("course", "7")]);
        var foreign = await host.ImportAsync(tenant: uni.Id, metadata: [("course", "7")]);
        var nobodys = await host.ImportAsync();

        Assert.Equal([own], await ListAsync(school, ""));
        Assert.Equal([own], await ListAsync(school, "meetingID=room&state=any&meta_course=7"));
        Assert.Equal([own], await ListAsync(school, $"recordID={own},{foreign},{nobodys}"));
        Assert.Equal("noRecordings", (await school.GetAsync("getRecordings", $"recordID={foreign}&meta_tenant-id={uni.Id}")).Key);

        foreach (var (call, query) in new[] { ("publishRecordings", "&publish=false"), ("updateRecordings", "&meta_course=8"), ("deleteRecordings", "") })
        {
            var alone = await school.GetAsync(call, $"recordID={foreign}{query}");
            Assert.True(alone.Code == "FAILED" || alone.Text.Contains(">false<", StringComparison.Ordinal), alone.Text);
            await school.GetAsync(call, $"recordID={foreign},{own}{query}");
            var untouched = Assert.Single(RecordingHost.Recordings(await uni.GetAsync("getRecordings", "state=any")));
            Assert.Equal((foreign, "published", "7"), (
                untouched.Element("recordID")!.Value, untouched.Element("state")!.Value, untouched.Element("metadata")!.Element("course")!.Value));
        }

        // Its own was changed by the same calls.
        Assert.Equal("deleted", Assert.Single(RecordingHost.Recordings(await school.GetAsync("getRecordings", "state=any"))).Element("state")!.Value);
        Assert.True(Directory.Exists(host.PathOf(foreign)));
        Assert.False(Directory.Exists(host.PathOf(own)));
        Assert.DoesNotContain("SUCCESS", (await school.GetAsync("getRecordingTextTracks", $"recordID={foreign}")).Text, StringComparison.Ordinal);
    }

    private static Settings Multitenant(Settings settings) => settings with { Multitenancy = new MultitenancySettings { Enabled = true } };

    private static async Task<string[]> ListAsync(TenantClient tenant, string query) => RecordingHost.Ids(await tenant.GetAsync("getRecordings", query));
}
