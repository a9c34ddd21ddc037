using Scalelite.Api.Tests.Calls;
using Scalelite.BigBlueButton.Checksums;
using Scalelite.Workers.Configuration;
using Xunit;

namespace Scalelite.Api.Tests.Tenants;

/// <summary>Parameters that a tenant sets for its creates and joins.</summary>
public sealed class TenantParameterTests
{
    [Fact]
    public async Task Tenant_default_default_client_override_tenant_override_each_wins_over_the_one_before()
    {
        await using var node = await RecordingNode.StartAsync();
        await using var pool = await TenantPool.StartAsync(0, settings => settings with
        {
            Parameters = new ParameterSettings
            {
                DefaultCreate = Pairs("b", "c", "d", "e"),
                OverrideCreate = Pairs("d", "e", over: true),
                DefaultJoin = Pairs("b", "c", "d", "e"),
                OverrideJoin = Pairs("d", "e", over: true),
            },
        });
        await pool.Balancer.RegisterAsync("recording", node.Url, RecordingNode.Secret);
        var (school, uni) = (await pool.AddAsync("school"), await pool.AddAsync("uni"));
        foreach (var param in new[] { "a", "b", "c", "d", "e" })
            await pool.ChangeAsync((tenants, by) => tenants.SetAsync(school.Id, param, $"tenant's default, {param}=1", false, by, CancellationToken.None));
        await pool.ChangeAsync((tenants, by) => tenants.SetAsync(school.Id, "e", "tenant's override", true, by, CancellationToken.None));

        await school.StartAsync("room", "&c=client&d=client&e=client");
        await uni.CreateAsync("lecture", "&c=client&d=client&e=client");
        var join = RawQuery.OfTarget((await school.GetAsync("join", "meetingID=room&fullName=A&role=VIEWER&c=client&d=client&e=client")).Location);

        string[] wanted = ["tenant's default, a=1", "default", "client", "override", "tenant's override"];
        var create = node.Calls.First(call => call["meetingID"] == "room");
        Assert.Equal(wanted, new[] { "a", "b", "c", "d", "e" }.Select(name => create[name]));
        Assert.Equal(wanted, new[] { "a", "b", "c", "d", "e" }.Select(name => join[name]));
        Assert.Equal([null, "default", "client", "override", "override"], new[] { "a", "b", "c", "d", "e" }.Select(name => node.Last[name]));
        Assert.True(create.IsSigned);
    }

    [Fact]
    public async Task A_tenants_tag_places_its_meetings()
    {
        await using var pool = await TenantPool.StartAsync(0);
        await using var other = await TenantPool.StartAsync(3);
        foreach (var (node, tag) in other.Balancer.Pool.Nodes.Zip(new[] { null, "a", "b" })) await pool.Balancer.RegisterAsync(node, tag);
        var school = await pool.AddAsync("school");

        // tenant default < client < tenant override
        Assert.Equal("node-1", await PlaceAsync("untagged"));
        await pool.ChangeAsync((tenants, by) => tenants.SetAsync(school.Id, "meta_server-tag", "a", false, by, CancellationToken.None));
        Assert.Equal("node-2", await PlaceAsync("by-default"));
        Assert.Equal("node-3", await PlaceAsync("by-client", "&meta_server-tag=b"));
        await pool.ChangeAsync((tenants, by) => tenants.SetAsync(school.Id, "meta_server-tag", "a!", true, by, CancellationToken.None));
        Assert.Equal("node-2", await PlaceAsync("by-override", "&meta_server-tag=b"));
        Assert.Equal("a", other.Balancer.Node("node-2").Meeting("by-override")!.Metadata["server-tag"]);
        await pool.ChangeAsync((tenants, by) => tenants.SetAsync(school.Id, "meta_server-tag", "c!", true, by, CancellationToken.None));
        Assert.Equal("serverTagUnavailable", (await school.CreateAsync("nowhere", "&meta_server-tag=b")).Key);

        async Task<string?> PlaceAsync(string meetingId, string more = "")
        {
            await school.StartAsync(meetingId, more);
            return await school.LocationAsync(meetingId);
        }
    }

    private static KeyValuePair<string, string>[] Pairs(params string[] names) => [.. names.Select(name => KeyValuePair.Create(name, "default"))];

    private static KeyValuePair<string, string>[] Pairs(string one, string two, bool over) =>
        over ? [KeyValuePair.Create(one, "override"), KeyValuePair.Create(two, "override")] : Pairs(one, two);
}
