using Scalelite.Api.Tests.Calls;
using Scalelite.Api.Tests.Recordings;
using Scalelite.Api.Tests.Tenants;
using Scalelite.Workers.Configuration;
using Xunit;

namespace Scalelite.Api.Tests.Invariants;

/// <summary>What must hold, 2: <c>tenant-id</c>, <c>tenant-name</c>, <c>server-tag</c> and <c>secret-lrs-payload</c> are ours.</summary>
public sealed class Reserved_metadata_is_set_changed_and_removed_by_no_client(CreateTests.OneRecordingNode shared) : IClassFixture<CreateTests.OneRecordingNode>
{
    private Lms Lms => shared.Balancer.Lms;

    private RecordingNode Node => shared.Node;

    [Fact]
    public async Task No_client_sets_it_with_a_create()
    {
        var id = SharedBalancer.NewId();
        await Lms.GetAsync(
            "create",
            $"name=Room&meetingID={id}&meta_tenant-id=evil&META_Tenant-Id=evil&meta_tenant-name=evil&meta_secret-lrs-payload=evil&meta_SERVER-TAG=wish");

        var got = Node.Calls.Single(c => c["meetingID"] == id);
        Assert.DoesNotContain(got.Query.Parameters, p => p.Value == "evil" || p.Value == "wish");
        Assert.DoesNotContain(got.Query.Parameters, p => p.Name.Contains("tenant", StringComparison.OrdinalIgnoreCase));
        Assert.DoesNotContain(got.Query.Parameters, p => p.Name.Contains("server-tag", StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public async Task A_body_does_not_set_it_either()
    {
        var id = SharedBalancer.NewId();
        await Lms.PostAsync("create", $"name=Room&meetingID={id}", "meta_tenant-id=evil&meta_server-tag=evil", "application/x-www-form-urlencoded");

        Assert.DoesNotContain(Node.Calls.Single(c => c["meetingID"] == id).Query.Parameters, p => p.Value == "evil");
    }

    [Fact]
    public async Task No_tenant_takes_another_s_place_with_it()
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
    public async Task No_client_changes_or_removes_a_recording_s()
    {
        await using var host = await RecordingHost.StartAsync();
        var id = await host.ImportAsync(metadata: [("tenant-id", "t1")]);

        foreach (var key in new[] { "tenant-id", "TENANT-ID", "tenant-name", "server-tag", "secret-lrs-payload" })
        {
            Assert.Equal("false", (await host.Lms.GetAsync("updateRecordings", $"recordID={id}&meta_{key}=t2&meta_name=x"))["updated"]);
            Assert.Equal("false", (await host.Lms.GetAsync("updateRecordings", $"recordID={id}&meta_{key}="))["updated"]);
        }

        Assert.Equal("<metadata><tenant-id>t1</tenant-id></metadata>", (await host.ShowAsync(id)).Element("metadata")!.ToString(System.Xml.Linq.SaveOptions.DisableFormatting));
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

    private static Settings Multitenant(Settings settings) => settings with { Multitenancy = new MultitenancySettings { Enabled = true } };

    private static async Task<string[]> ListAsync(TenantClient tenant, string query) => RecordingHost.Ids(await tenant.GetAsync("getRecordings", query));
}
