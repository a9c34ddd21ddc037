using Xunit;

namespace Scalelite.Api.Tests.Admin;

/// <summary>Neither LOADBALANCER_ADMIN_SECRET nor LOADBALANCER_SECRET is set; and a pool without servers.</summary>
public sealed class ClosedAccessTests(ClosedAdminHost closed) : IClassFixture<ClosedAdminHost>
{
    [Fact]
    public async Task Nobody_may_call()
    {
        foreach (var secret in new[] { AdminHost.AnotherClientsSecret, AdminHost.ClientsSecret, "" })
        {
            Assert.Contains(
                "checksumError", (await closed.SendAsync(HttpMethod.Get, closed.Sign("getServers", with: secret))).Text, StringComparison.Ordinal);
        }
    }
}
