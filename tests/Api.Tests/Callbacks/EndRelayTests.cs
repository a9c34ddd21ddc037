using Scalelite.Api.Hosting;
using Scalelite.Api.Tests.Calls;
using Scalelite.Simulator;
using Scalelite.Testing;
using Scalelite.Workers.Configuration;
using Xunit;

namespace Scalelite.Api.Tests.Callbacks;

/// <summary>A node calls us when a meeting ends; where that is so the location ends at once, and whom the client named is called.</summary>
public sealed class EndRelayTests
{
    private const string Path = "/bigbluebutton/api/end_callback/";

    [Fact]
    public async Task The_end_is_known_when_the_node_calls_and_the_client_hears_of_it_once()
    {
        await using var lms = await RecordingNode.StartAsync();
        await using var balancer = await StartAsync();
        var node = await CreateAsync(balancer, $"&meta_endCallbackUrl={Uri.EscapeDataString(UrlOf(lms, "?course=7"))}");
        var ours = Given(node);
        Assert.StartsWith(balancer.Origin + Path, ours, StringComparison.Ordinal);
        await balancer.CreateAsync("room", "&meta_endCallbackUrl=https://other.example/");
        Assert.Equal(ours, Given(node));

        node.EndMeeting("room");
        await OverAsync(balancer, "Callback");
        await ToldAsync(balancer);
        foreach (var _ in Enumerable.Range(0, 3)) Assert.Equal(204, await CallAsync(balancer, $"{ours}?recordingmarks=true&meetingID=room"));

        var call = Assert.Single(lms.Calls);
        Assert.Equal(("GET", "ended", "course=7&recordingmarks=false&meetingID=room"), (call.Method, call.Call, call.Query.Text));
        Assert.Equal(0, await balancer.Database.ScalarAsync<long>("select count(*) from mt_events where data::text like '%course=7%'"));
    }

    [Fact]
    public async Task Without_the_right_MAC_nothing_happens_and_with_it_the_node_is_asked_first()
    {
        await using var lms = await RecordingNode.StartAsync();
        await using var balancer = await StartAsync();
        var node = await CreateAsync(balancer, $"&meta_endCallbackUrl={Uri.EscapeDataString(UrlOf(lms))}");
        var ours = Given(node);
        await balancer.CreateAsync("other");
        var other = Given(balancer.Pool.Nodes.Single(n => n.Meeting("other") is not null), "other");
        var instance = new Uri(ours).Segments[^2].Trim('/');

        foreach (var wrong in new[]
        {
            ours[..^1], ours + "0", $"{balancer.Origin}{Path}{instance}/{new string('0', 32)}", $"{balancer.Origin}{Path}{instance}/{new Uri(other).Segments[^1]}",
            $"{balancer.Origin}{Path}{Guid.NewGuid()}/{new Uri(ours).Segments[^1]}", $"{balancer.Origin}{Path}no-id/x",
        })
        {
            Assert.Equal(404, await CallAsync(balancer, wrong + "?recordingmarks=true"));
        }

        Assert.Equal(0, await balancer.Database.ScalarAsync<long>("select count(*) from mt_events where type = 'meeting_end_called'"));
        Assert.Equal(204, await CallAsync(balancer, ours + "?recordingmarks=true"));
        await Eventually.HoldsAsync("the node is asked", () => Task.FromResult(node.Journal.Entries.Any(e => e is { Call: "getMeetingInfo", MeetingID: "room" })));
        Assert.NotNull(await balancer.LocationAsync("room"));
        Assert.Equal(0, await balancer.Database.ScalarAsync<long>("select count(*) from callback_queue"));

        await balancer.Lms.GetAsync("end", "meetingID=room");
        await ToldAsync(balancer);
        Assert.Equal("recordingmarks=true&meetingID=room", Assert.Single(lms.Calls).Query.Text);
    }

    [Fact]
    public async Task A_client_that_names_nobody_has_its_end_known_as_soon()
    {
        await using var balancer = await StartAsync();
        var node = await CreateAsync(balancer);

        node.EndMeeting("room");
        await OverAsync(balancer, "Callback");
        await Eventually.HoldsAsync("it is done with", async () =>
            await balancer.Database.ScalarAsync<long>("select count(*) from mt_events where type = 'meeting_end_told' and data ->> 'Told' = 'false'") == 1);
        Assert.Equal(0, await balancer.Database.ScalarAsync<long>("select count(*) from callback_queue"));
    }

    [Fact]
    public async Task An_end_that_a_client_asked_for_is_told_with_what_the_node_says()
    {
        await using var lms = await RecordingNode.StartAsync();
        await using var balancer = await StartAsync();
        await CreateAsync(balancer, $"&meta_endCallbackUrl={Uri.EscapeDataString(UrlOf(lms))}");

        Assert.Equal("SUCCESS", (await balancer.Lms.GetAsync("end", "meetingID=room")).Code);
        await ToldAsync(balancer);
        Assert.Equal(1, await balancer.Database.ScalarAsync<long>("select count(*) from mt_events where type = 'meeting_end_called'"));
        Assert.Single(lms.Calls);
    }

    [Fact]
    public async Task A_node_that_began_the_meeting_anew_speaks_for_the_run_that_it_has()
    {
        await using var lms = await RecordingNode.StartAsync();
        await using var balancer = await StartAsync(nodes: 1);
        var node = await CreateAsync(balancer, $"&meta_endCallbackUrl={Uri.EscapeDataString(UrlOf(lms, "?run=1"))}");
        node.Crash();
        node.Recover();
        await balancer.Lms.GetAsync("create", $"name=room&meetingID=room&meta_endCallbackUrl={Uri.EscapeDataString(UrlOf(lms, "?run=2"))}");
        await Eventually.HoldsAsync("the new run is written", async () =>
            await balancer.Database.ScalarAsync<long>("select count(*) from meeting_instance where (state = 'live' and end_relayed) or how = 'Replaced'") == 2);

        node.EndMeeting("room");
        await OverAsync(balancer, "Callback");
        await ToldAsync(balancer);
        Assert.Equal("run=2&recordingmarks=false&meetingID=room", Assert.Single(lms.Calls).Query.Text);
    }

    [Fact]
    public async Task A_copy_that_was_left_behind_says_nothing_about_the_meeting()
    {
        await using var lms = await RecordingNode.StartAsync();
        await using var balancer = await StartAsync(change: settings => settings with { Placement = settings.Placement with { MoveAfter = TimeSpan.Zero } });
        var left = await CreateAsync(balancer, $"&meta_endCallbackUrl={Uri.EscapeDataString(UrlOf(lms))}");
        var old = Given(left);
        left.Refuse();
        await balancer.OfflineAsync(left.Name, TimeSpan.FromMinutes(5));
        await Eventually.HoldsAsync("the meeting has moved", async () =>
        {
            await balancer.Lms.GetAsync("create", "name=room&meetingID=room");
            return await balancer.LocationAsync("room") is { } now && now != left.Name;
        });
        await balancer.IsLiveAsync("room");
        var there = balancer.Pool.Nodes.Single(node => node != left);
        Assert.NotEqual(old, Given(there));

        Assert.Equal(404, await CallAsync(balancer, old + "?recordingmarks=true"));
        there.EndMeeting("room");
        await ToldAsync(balancer);
        Assert.Equal("recordingmarks=false&meetingID=room", Assert.Single(lms.Calls).Query.Text);
    }

    [Fact]
    public async Task With_pass_the_node_gets_the_client_s_URL_and_calls_it_itself()
    {
        await using var lms = await RecordingNode.StartAsync();
        await using var balancer = await StartAsync(change: settings => settings with { Callbacks = settings.Callbacks with { RelaysEnds = false } });
        var node = await CreateAsync(balancer, $"&meta_endCallbackUrl={Uri.EscapeDataString(UrlOf(lms))}");
        Assert.Equal(UrlOf(lms), Given(node));
        await balancer.CreateAsync("quiet");
        Assert.DoesNotContain("endcallbackurl", balancer.Pool.Nodes.Select(n => n.Meeting("quiet")).OfType<Simulator.Meetings.SimulatedMeeting>().Single().Metadata.Keys);

        await balancer.Lms.GetAsync("end", "meetingID=room");
        await Eventually.HoldsAsync("the node called", () => Task.FromResult(lms.Calls.Count == 1));
        Assert.Equal(0, await balancer.Database.ScalarAsync<long>("select count(*) from meeting_end"));
    }

    [Fact]
    public async Task A_node_that_was_found_not_to_call_gets_the_client_s_URL()
    {
        await using var balancer = await StartAsync(nodes: 1, register: false);
        var id = await balancer.RegisterAsync(balancer.Pool.Nodes[0]);
        await balancer.AppendAsync(Domain.Streams.Server(id), new Domain.Servers.ServerEndCallbacksPassed(id, DateTimeOffset.UtcNow));
        await Eventually.HoldsAsync("that is read", () => Task.FromResult(balancer.Service<Scalelite.Api.Callbacks.EndRelay>().PassedBy!.Contains(id)));

        var node = await CreateAsync(balancer, "&meta_endCallbackUrl=https://lms.example/ended");
        Assert.Equal("https://lms.example/ended", Given(node));
        Assert.False(await balancer.Database.ScalarAsync<bool>("select end_relayed from meeting_instance"));
    }

    [Theory]
    [InlineData("https://lb.example/sub", null, "https://lb.example/sub")]
    [InlineData(null, "127.0.0.1", "https://127.0.0.1")]
    public async Task The_node_calls_at_PUBLIC_URL_else_at_URL_HOST(string? publicUrl, string? host, string expected)
    {
        await using var balancer = await StartAsync(change: settings => settings with { Http = settings.Http with { PublicUrl = publicUrl, Host = host } });
        var node = await CreateAsync(balancer, "&meta_analytics-callback-url=https://lms.example/analytics");

        Assert.StartsWith(expected + Path, Given(node), StringComparison.Ordinal);
        if (publicUrl is not null) Assert.Equal($"{publicUrl}/bigbluebutton/api/analytics_callback", node.Meeting("room")!.Metadata["analytics-callback-url"]);
    }

    [Fact]
    public async Task Whom_an_override_names_is_called_and_the_node_still_calls_us()
    {
        await using var lms = await RecordingNode.StartAsync();
        await using var balancer = await StartAsync(change: settings => settings with
        {
            Parameters = settings.Parameters with { OverrideCreate = [new("meta_endCallbackUrl", UrlOf(lms, "?override"))] },
        });
        var node = await CreateAsync(balancer, "&meta_endCallbackUrl=https://lms.example/ended");
        Assert.StartsWith(balancer.Origin + Path, Given(node), StringComparison.Ordinal);

        node.EndMeeting("room");
        await ToldAsync(balancer);
        Assert.Equal("override&recordingmarks=false&meetingID=room", Assert.Single(lms.Calls).Query.Text);
    }

    private static Task<Balancer> StartAsync(int nodes = 2, Func<Settings, Settings>? change = null, bool register = true) => Balancer.StartAsync(
        nodes,
        settings =>
        {
            var callable = settings with { Callbacks = new CallbackSettings { Allowed = ["127.0.0.1"] } };
            return change is null ? callable : change(callable);
        },
        Roles.Api | Roles.Workers,
        register);

    private static string UrlOf(RecordingNode lms, string query = "") => $"{new Uri(lms.Url).GetLeftPart(UriPartial.Authority)}/ended{query}";

    private static async Task<SimulatedNode> CreateAsync(Balancer balancer, string more = "")
    {
        await balancer.CreateAsync("room", more);
        return balancer.Pool.Nodes.Single(node => node.Meeting("room") is not null);
    }

    private static string Given(SimulatedNode node, string meetingId = "room") => node.Meeting(meetingId)!.Metadata["endcallbackurl"];

    private static async Task<int> CallAsync(Balancer balancer, string url) => (await balancer.Lms.GetUrlAsync(url)).Status;

    private static Task OverAsync(Balancer balancer, string how) => Eventually.HoldsAsync("the run is over", async () =>
        await balancer.LocationAsync("room") is null
        && await balancer.Database.ScalarAsync<string>("select how from meeting_instance where meeting_id = 'room' order by placed_at desc, instance desc limit 1") == how);

    private static Task ToldAsync(Balancer balancer) => Eventually.HoldsAsync("the client is told", async () =>
        await balancer.Database.ScalarAsync<long>("select count(*) from callback_queue where kind = 'MeetingEnded' and state = 'delivered'") == 1);
}
