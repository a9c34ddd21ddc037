using Scalelite.Api.Tests.Calls;
using Scalelite.EventLog;
using Scalelite.Simulator.Faults;
using Scalelite.Testing;
using Scalelite.Workers.Callbacks;
using Scalelite.Workers.Configuration;
using Xunit;

namespace Scalelite.Api.Tests.Callbacks;

/// <summary>What a create's callbacks become: nothing that its node sees, a sealed URL, a fingerprint in an event.</summary>
public sealed class CreateCallbackTests(CreateCallbackTests.TwoSecrets shared) : IClassFixture<CreateCallbackTests.TwoSecrets>
{
    private const string Second = "the-second-secret-of-the-lms";
    private const string Url = "https://lms.example/ready.php?token=a-capability";

    private Balancer Balancer => shared.Balancer;

    private SecretVault Vault => Balancer.Service<SecretVault>();

    [Theory]
    [InlineData("meta_bn-recording-ready-url")]
    [InlineData("meta_bbb-recording-ready-url")]
    [InlineData("META_Canvas-Recording-Ready-URL")]
    public async Task A_node_never_sees_who_is_to_be_told_of_recordings_and_we_keep_it_sealed(string parameter)
    {
        var id = SharedBalancer.NewId();
        await Balancer.CreateAsync(id, $"&{parameter}={Uri.EscapeDataString(Url)}&meta_origin=Moodle");
        await Balancer.Lms.GetAsync("create", $"name={id}&meetingID={id}&{parameter}={Uri.EscapeDataString(Url)}");

        Assert.Equal(["origin"], Meeting(id).Metadata.Keys.Where(key => key is "origin" || key.Contains("ready", StringComparison.OrdinalIgnoreCase)));
        Assert.All(Balancer.Pool.Nodes.SelectMany(node => node.Journal.Entries), entry => Assert.DoesNotContain("ready", entry.ToString(), StringComparison.OrdinalIgnoreCase));
        var name = parameter["meta_".Length..].ToLowerInvariant();
        var run = await RunAsync(id);
        Assert.Equal(Url, Assert.Single(await Vault.OpenAsync(run.ToString(), RunCallbacks.Kind(name))).Value);
        var placed = (await Balancer.Database.RowsAsync(
            "select data -> 'Callbacks' ->> $2, data ->> 'SignerFingerprint' from mt_events where type = 'meeting_placed' and stream_id = $1", $"meeting-{run}", name))[0];
        Assert.Equal([Vault.Fingerprint(RunCallbacks.Kind(name), Url), Vault.Fingerprint(ClientSecrets.Kind, Balancer.Secret)], placed);
        await NothingIsToldAsync();
    }

    [Fact]
    public async Task The_event_names_the_secret_that_signed_the_create()
    {
        var id = SharedBalancer.NewId();
        using var lms = new Lms(Balancer.Origin, Second);
        var reply = await lms.GetAsync("create", $"name=Room&meetingID={id}&meta_bbb-recording-ready-url={Uri.EscapeDataString(Url)}");

        Assert.Equal("SUCCESS", reply.Code);
        Assert.Equal(
            Vault.Fingerprint(ClientSecrets.Kind, Second),
            await Balancer.Database.ScalarAsync<string>(
                "select data ->> 'SignerFingerprint' from mt_events where type = 'meeting_placed' and stream_id = $1", $"meeting-{await RunAsync(id)}"));
    }

    [Fact]
    public async Task What_is_no_URL_to_call_is_forgotten_and_the_meeting_is_created_all_the_same()
    {
        foreach (var url in new[] { "", "ready.php", "ftp://lms.example/x", "javascript:alert(1)", "https://", $"https://lms.example/{new string('a', 2048)}" })
        {
            var id = SharedBalancer.NewId();
            await Balancer.CreateAsync(id, $"&meta_bn-recording-ready-url={Uri.EscapeDataString(url)}");

            Assert.DoesNotContain("bn-recording-ready-url", Meeting(id).Metadata.Keys);
            Assert.Empty(await KindsAsync(await RunAsync(id)));
        }
    }

    [Fact]
    public async Task Another_create_of_the_run_changes_nothing_and_a_new_run_has_its_own()
    {
        var id = SharedBalancer.NewId();
        await Balancer.CreateAsync(id, "&meta_bn-recording-ready-url=https://lms.example/1");
        var first = await RunAsync(id);
        await Balancer.CreateAsync(id, "&meta_bn-recording-ready-url=https://lms.example/2");
        await Balancer.Lms.GetAsync("end", $"meetingID={id}");
        await Balancer.CreateAsync(id, "&meta_bn-recording-ready-url=https://lms.example/3");
        var second = await RunAsync(id);

        Assert.NotEqual(first, second);
        Assert.Equal("https://lms.example/1", await UrlAsync(first));
        Assert.Equal("https://lms.example/3", await UrlAsync(second));
    }

    [Fact]
    public async Task The_run_that_takes_the_place_of_a_lost_one_has_those_of_its_create()
    {
        await using var balancer = await Balancer.StartAsync(1);
        await balancer.CreateAsync("room", "&meta_bn-recording-ready-url=https://lms.example/1");
        balancer.Node("node-1").Crash();
        balancer.Node("node-1").Recover();
        var again = await balancer.Lms.GetAsync("create", "name=room&meetingID=room&meta_bn-recording-ready-url=https://lms.example/2");

        await Eventually.HoldsAsync("the new run is written", async () => again["internalMeetingID"]
            == await balancer.Database.ScalarAsync<string>("select internal_meeting_id from meeting_location where meeting_id = 'room'"));
        var run = await balancer.Database.ScalarAsync<Guid>("select instance from meeting_location where meeting_id = 'room'");
        Assert.Equal(
            "https://lms.example/2",
            Assert.Single(await balancer.Service<SecretVault>().OpenAsync(run.ToString(), RunCallbacks.Kind("bn-recording-ready-url"))).Value);
    }

    [Fact]
    public async Task A_create_that_goes_to_the_next_server_keeps_them()
    {
        await using var balancer = await Balancer.StartAsync(2);
        balancer.Node("node-1").Faults.Add(Fault.HtmlError().On("create"));
        await balancer.CreateAsync("first", "&meta_bn-recording-ready-url=https://lms.example/1");
        await balancer.CreateAsync("second", "&meta_bn-recording-ready-url=https://lms.example/1");

        Assert.Equal(2, await balancer.Database.ScalarAsync<long>("select count(*) from secret where kind like 'callback:%'"));
        Assert.Equal(0, await balancer.Database.ScalarAsync<long>("select count(*) from mt_events where type = 'meeting_placed' and data -> 'Callbacks' is null"));
        Assert.All(balancer.Pool.Nodes.SelectMany(node => node.Journal.Entries), entry => Assert.DoesNotContain("ready", entry.ToString(), StringComparison.OrdinalIgnoreCase));
    }

    private Simulator.Meetings.SimulatedMeeting Meeting(string id) => Balancer.Pool.Nodes.Select(node => node.Meeting(id)).OfType<Simulator.Meetings.SimulatedMeeting>().Single();

    private async Task<Guid> RunAsync(string id) => await Balancer.Database.ScalarAsync<Guid>("select instance from meeting_location where meeting_id = $1", id);

    private async Task<string> UrlAsync(Guid run) => Assert.Single(await Vault.OpenAsync(run.ToString(), RunCallbacks.Kind("bn-recording-ready-url"))).Value;

    private async Task<IEnumerable<object?>> KindsAsync(Guid run) =>
        (await Balancer.Database.RowsAsync("select kind from secret where owner = $1 and kind like 'callback:%'", run.ToString())).Select(row => row[0]);

    private async Task NothingIsToldAsync()
    {
        Assert.Equal(0, await Balancer.Database.ScalarAsync<long>("select count(*) from mt_events where data::text like '%a-capability%' or headers::text like '%a-capability%'"));
        Assert.Equal(0, await Balancer.Database.ScalarAsync<long>("select count(*) from meeting_instance where metadata::text like '%a-capability%'"));
        Assert.DoesNotContain("a-capability", ConsoleText.All, StringComparison.Ordinal);
    }

    public sealed class TwoSecrets : SharedBalancer
    {
        private protected override Settings Change(Settings settings) => settings with
        {
            Security = settings.Security with { LoadBalancerSecrets = [Balancer.Secret, Second] },
            Logging = new LoggingSettings { Level = LogLevelName.Debug },
        };
    }
}
