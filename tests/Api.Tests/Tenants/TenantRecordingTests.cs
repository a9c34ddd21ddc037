using Scalelite.Api.Tests.Calls;
using Scalelite.Api.Tests.Recordings;
using Scalelite.Workers.Configuration;
using Xunit;

namespace Scalelite.Api.Tests.Tenants;

/// <summary>A tenant never sees or touches another's recording (pitfalls: what must hold, 2 and 3).</summary>
public sealed class TenantRecordingTests
{
    [Fact]
    public async Task Every_look_up_of_a_recording_is_scoped_by_its_tenant_and_a_mixed_bulk_call_changes_nothing_foreign()
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

    [Fact]
    public async Task A_client_cannot_give_its_recording_to_another_tenant()
    {
        await using var host = await RecordingHost.StartAsync(Multitenant);
        var pool = TenantPool.Of(host.Balancer);
        var (school, uni) = (await pool.AddAsync("school"), await pool.AddAsync("uni"));
        var own = await host.ImportAsync(tenant: school.Id);

        await school.GetAsync("updateRecordings", $"recordID={own}&meta_tenant-id={uni.Id}&META_Tenant-Id={uni.Id}&meta_tenant-name=uni");

        Assert.Equal([own], await ListAsync(school, ""));
        Assert.Empty(await ListAsync(uni, ""));
        Assert.Equal(school.Id, await host.Balancer.Database.ScalarAsync<string>("select tenant_id from recording_catalog where record_id = $1", own));
    }

    [Fact]
    public async Task A_recording_is_played_on_its_tenants_host_and_on_the_common_one_but_on_no_other_tenants()
    {
        await using var host = await RecordingHost.StartAsync(settings => Multitenant(settings) with { Http = settings.Http with { Host = TenantPool.Host } });
        var pool = TenantPool.Of(host.Balancer);
        var (school, uni) = (await pool.AddAsync("school"), await pool.AddAsync("uni"));
        var own = await host.ImportAsync(tenant: school.Id);
        var unpublished = await host.ImportAsync(tenant: school.Id, published: false);

        Assert.Equal(200, await PlayAsync(school.Host, own));
        Assert.Equal(404, await PlayAsync(uni.Host, own));
        Assert.Equal(404, await PlayAsync($"nobody.{TenantPool.Host}", own));

        // Where the tenants are that have no host of their own.
        Assert.Equal(200, await PlayAsync(TenantPool.Host, own));
        Assert.Equal(404, await PlayAsync(TenantPool.Host, unpublished));

        async Task<int> PlayAsync(string name, string id) =>
            (await host.Lms.GetUrlAsync($"/presentation/{id}/metadata.xml", request => request.Headers.Host = name)).Status;
    }

    private static Settings Multitenant(Settings settings) => settings with { Multitenancy = new MultitenancySettings { Enabled = true } };

    private static async Task<string[]> ListAsync(TenantClient tenant, string query) => RecordingHost.Ids(await tenant.GetAsync("getRecordings", query));
}
