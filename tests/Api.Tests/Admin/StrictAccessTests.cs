using Microsoft.Extensions.Configuration;
using Scalelite.Api.Configuration;
using Scalelite.BigBlueButton.Checksums;
using Xunit;

namespace Scalelite.Api.Tests.Admin;

/// <summary>A secret of its own, body hashes that must be there, secrets that are shown.</summary>
public sealed class StrictAccessTests(StrictAdminHost admin) : IClassFixture<StrictAdminHost>
{
    [Fact]
    public async Task Only_the_administrators_secret_signs_and_by_allowed_algorithms_only()
    {
        Assert.Equal(412, (await admin.GetAsync("getTenants")).Status);
        foreach (var target in new[]
        {
            admin.Sign("getTenants", with: AdminHost.ClientsSecret),
            admin.Sign("getTenants", with: AdminHost.AnotherClientsSecret),
            admin.Sign("getTenants", algorithm: ChecksumAlgorithm.Sha1),
        })
        {
            Assert.Contains("checksumError", (await admin.SendAsync(HttpMethod.Get, target)).Text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_POST_without_a_body_hash_is_refused_also_without_a_body()
    {
        var id = await admin.AddAsync();
        foreach (var content in new[] { AdminHost.Json($$"""{"id":"{{id}}"}"""), null })
        {
            var refused = await admin.SendAsync(HttpMethod.Post, admin.Sign("deleteServer", $"id={id}"), content);
            Assert.Contains(
                "<messageKey>checksumError</messageKey><message>You must provide bodyHash, the SHA-256 of the body</message>", refused.Text, StringComparison.Ordinal);
        }

        Assert.Equal("disabled", await admin.StateAsync(id));
        Assert.Equal(200, (await admin.GetAsync("getServerInfo", $"id={id}")).Status);
        Assert.Equal(200, (await admin.PostAsync("deleteServer", "", $"id={id}&bodyHash={AdminHost.HashOf("").ToUpperInvariant()}")).Status);
    }

    [Fact]
    public async Task Secrets_are_shown_where_that_is_set()
    {
        var id = await admin.AddAsync("näh & <co>");
        Assert.Contains(""" "secret":"näh & <co>",""".TrimStart(), (await admin.GetAsync("getServerInfo", $"id={id}")).Text, StringComparison.Ordinal);
        await admin.PostHashedAsync("updateServer", $$$"""{"id":"{{{id}}}","server":{"secret":"next"}}""");
        Assert.Contains("\"secret\":\"next\"", (await admin.GetAsync("getServers")).Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, null, "LOADBALANCER_ADMIN_SECRET and LOADBALANCER_SECRET are not set: the admin API refuses every call")]
    [InlineData(null, "a", "LOADBALANCER_ADMIN_SECRET is not set: the admin API takes LOADBALANCER_SECRET, and whoever has that may change the pool")]
    [InlineData("b", "a", "LOADBALANCER_ADMIN_SECRET is also a secret of the clients: whoever has it may change the pool")]
    [InlineData("c", "a", null)]
    public void The_start_warns_where_clients_may_change_the_pool(string? own, string? first, string? warning)
    {
        var reading = SettingsReading.From(
            new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
            {
                ["LOADBALANCER_ADMIN_SECRET"] = own,
                ["LOADBALANCER_SECRET"] = first,
                ["LOADBALANCER_SECRETS"] = "b",
            }).Build(),
            Needs.LoadBalancerSecret);
        Assert.Equal(warning is null ? [] : [warning], reading.Notices);
        Assert.Equal(own ?? first, reading.Settings!.Admin.Secret);
    }
}
