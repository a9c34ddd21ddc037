using Scalelite.Api.Playback;
using Scalelite.Api.Tenants;
using Scalelite.Domain;
using Scalelite.Domain.Tenants;
using Scalelite.Testing;
using Scalelite.Workers.Configuration;
using Xunit;

namespace Scalelite.Api.Tests.Playback;

/// <summary>Each tenant's recordings are played on its own host, and nobody else's are there.</summary>
public sealed class TenantTests(TenantTests.WithTenants shared) : IClassFixture<TenantTests.WithTenants>
{
    [Fact]
    public async Task Another_tenant_s_recording_is_not_there()
    {
        var (physics, history) = (await AddTenantAsync("physics"), await AddTenantAsync("history"));
        var id = await shared.Shelf.AddAsync(tenant: physics);
        var nobodys = await shared.Shelf.AddAsync();

        Assert.Equal(200, await StatusAsync($"/video/{id}/", "physics.bbb.example.org"));
        Assert.Equal(307, await StatusAsync($"/recording/{id}/video", "physics.bbb.example.org"));
        foreach (var host in new[] { "history.bbb.example.org", "unknown.bbb.example.org" })
        {
            Assert.Equal(404, await StatusAsync($"/video/{id}/", host));
            Assert.Equal(404, await StatusAsync($"/recording/{id}/video", host));
            Assert.Equal(404, await StatusAsync($"/video/{nobodys}/", host));
        }

        // The host that is no tenant's plays everybody's: clients without a host of their own send people there.
        Assert.Equal(200, await StatusAsync($"/video/{id}/", "bbb.example.org"));
        Assert.Equal(403, await StatusAsync($"/video/{id}/", "physics.evil.example.org"));
        Assert.NotEqual(physics, history);
    }

    [Fact]
    public async Task A_token_and_a_cookie_open_nothing_on_another_tenant_s_host()
    {
        var (chemistry, _) = (await AddTenantAsync("chemistry"), await AddTenantAsync("music"));
        var id = await shared.Shelf.AddAsync(tenant: chemistry, isProtected: true);
        var links = shared.Balancer.Service<ProtectedLinks>();
        var link = links.LinkOf("", chemistry, id, "video");

        var opened = await shared.GetAsync(link, ("Host", "chemistry.bbb.example.org"));
        var cookie = Assert.Single(opened.Headers.GetValues("Set-Cookie")).Split(';')[0];

        Assert.Equal(307, opened.Status);
        Assert.Equal(200, await StatusAsync($"/video/{id}/", "chemistry.bbb.example.org", cookie));
        Assert.Equal(404, await StatusAsync($"/video/{id}/", "music.bbb.example.org", cookie));
        Assert.Equal(404, await StatusAsync(link, "music.bbb.example.org"));
        Assert.Equal(404, await StatusAsync(links.LinkOf("", "", id, "video"), "chemistry.bbb.example.org"));
    }

    private async Task<string> AddTenantAsync(string name)
    {
        var id = Guid.CreateVersion7().ToString();
        await shared.Balancer.AppendAsync(Streams.Tenant(id), new TenantAdded(id, name, [], DateTimeOffset.UtcNow));
        await Eventually.HoldsAsync(async () => await shared.Balancer.Service<TenantDirectory>().FindAsync(id, CancellationToken.None) is not null);
        return id;
    }

    private async Task<int> StatusAsync(string path, string host, string? cookie = null) =>
        (await shared.GetAsync(path, cookie is null ? [("Host", host)] : [("Host", host), ("Cookie", cookie)])).Status;

    public sealed class WithTenants : SharedShelf
    {
        private protected override Settings Change(Settings settings) => settings with
        {
            Http = settings.Http with { Host = "bbb.example.org" },
            Multitenancy = settings.Multitenancy with { Enabled = true },
        };
    }
}
