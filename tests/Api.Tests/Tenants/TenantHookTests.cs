using System.Text;
using Scalelite.Api.Hosting;
using Scalelite.Api.Tests.Calls;
using Scalelite.BigBlueButton.Checksums;
using Scalelite.Simulator;
using Scalelite.Testing;
using Scalelite.Workers.Configuration;
using Xunit;

namespace Scalelite.Api.Tests.Tenants;

/// <summary>A tenant's hooks are its own, and hear of its own meetings only.</summary>
public sealed class TenantHookTests
{
    [Fact]
    public async Task A_tenant_neither_sees_nor_destroys_another_s_hooks_nor_hears_of_its_meetings()
    {
        await using var lms = await RecordingNode.StartAsync();
        var origin = new Uri(lms.Url).GetLeftPart(UriPartial.Authority);
        await using var balancer = await Balancer.StartAsync(
            1,
            settings => TenantPool.Patient(settings) with
            {
                Multitenancy = new MultitenancySettings { Enabled = true },
                // Tenants are not told apart by a node: relayed whatever the setting says.
                Callbacks = new CallbackSettings { Allowed = ["127.0.0.1"], RelaysHooks = false },
            },
            Roles.Api | Roles.Workers,
            webhooks: true);
        var pool = TenantPool.Of(balancer);
        var (acme, zeta) = (await pool.AddAsync("acme"), await pool.AddAsync("zeta"));
        var node = balancer.Pool.Nodes[0];
        var theirs = (await acme.GetAsync("hooks/create", $"callbackURL={Uri.EscapeDataString(origin + "/acme")}"))["hookID"]!;
        await zeta.GetAsync("hooks/create", $"callbackURL={Uri.EscapeDataString(origin + "/zeta")}");
        Assert.Equal("destroyMissingHook", (await zeta.GetAsync("hooks/destroy", $"hookID={theirs}")).Key);
        Assert.DoesNotContain("/acme", (await zeta.GetAsync("hooks/list")).Text, StringComparison.Ordinal);
        Assert.Contains("/acme", (await acme.GetAsync("hooks/list")).Text, StringComparison.Ordinal);
        await Eventually.HoldsAsync("the node has both", () => Task.FromResult(node.Hooks!.All.Count == 2));

        var internalId = (await acme.StartAsync("room"))["internalMeetingID"]!;
        Assert.Equal([204, 204], await SendAsync(balancer, node, internalId, "room"));
        Assert.Equal([204, 204], await SendAsync(balancer, node, "not-yet-written", "room"));
        Assert.Equal([204, 204], await SendAsync(balancer, node, "unknown", "elsewhere"));

        Assert.Equal(["acme", "acme"], lms.Calls.Select(call => call.Call));
        var body = Encoding.UTF8.GetString(lms.Last.Start);
        Assert.Equal(Checksum.Compute(ChecksumAlgorithm.Sha1, $"{origin}/acme", body, acme.Secret), lms.Last.Query.Checksum);
    }

    /// <summary>As the node would: the tenants' names lead nowhere from here.</summary>
    private static async Task<IEnumerable<int>> SendAsync(Balancer balancer, SimulatedNode node, string internalId, string meetingId)
    {
        var json = $"[{{\"data\":{{\"attributes\":{{\"meeting\":{{\"internal-meeting-id\":\"{internalId}\",\"external-meeting-id\":\"{meetingId}\"}}}}}}}}]";
        var body = $"domain=node&event={Uri.EscapeDataString(json)}&timestamp=1";
        var statuses = new List<int>();
        foreach (var hook in node.Hooks!.All)
        {
            var checksum = Checksum.Compute(ChecksumAlgorithm.Sha1, hook.CallbackUrl, body, node.Secret);
            var reply = await balancer.Lms.SendAsync(
                HttpMethod.Post, $"{new Uri(hook.CallbackUrl).AbsolutePath}?checksum={checksum}", Lms.Bytes(Encoding.UTF8.GetBytes(body), "application/x-www-form-urlencoded"));
            statuses.Add(reply.Status);
        }

        return statuses;
    }
}
