using Scalelite.Api.Tests.Calls;
using Scalelite.Api.Tests.Recordings;
using Scalelite.Workers.Configuration;
using Xunit;

namespace Scalelite.Api.Tests.Tenants;

/// <summary>Recordings are played for their tenant's viewers (pitfalls: what must hold, 3).</summary>
public sealed class TenantRecordingTests
{
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
}
