using System.Text;
using Scalelite.Api.Hosting;
using Scalelite.Api.Tests.Calls;
using Scalelite.BigBlueButton.Checksums;
using Scalelite.Simulator;
using Scalelite.Testing;
using Scalelite.Workers.Configuration;
using Xunit;

namespace Scalelite.Api.Tests.Hooks;

/// <summary>The pool has one set of hooks; every node that has webhooks knows them, and clients verify events with their own secret.</summary>
public sealed class HookTests
{
    private const string Second = "the-second-secret-of-the-lms";
    private const string Event = "{\"data\":{\"type\":\"event\",\"id\":\"meeting-created\",\"attributes\":{\"meeting\":{\"internal-meeting-id\":\"int-1\",\"external-meeting-id\":\"room\"}}}}";

    [Fact]
    public async Task The_calls_answer_as_bbb_webhooks_does()
    {
        await using var balancer = await StartAsync(roles: Roles.Api);
        var url = "https://lms.example/hook?a=b&c=%20d";
        var escaped = Uri.EscapeDataString(url);

        Assert.Equal(
            "<response><returncode>FAILED</returncode><messageKey>missingParamCallbackURL</messageKey><message>You must specify a callbackURL in the parameters.</message></response>",
            (await balancer.Lms.GetAsync("hooks/create", "meetingID=room")).Text);
        var created = await balancer.Lms.GetAsync("hooks/create", $"callbackURL={escaped}&meetingID=room&eventID=user-joined%2Cuser-left&getRaw=false");
        var id = created["hookID"];
        Assert.Equal(
            $"<response><returncode>SUCCESS</returncode><hookID>{id}</hookID><permanentHook>false</permanentHook><rawData>false</rawData></response>", created.Text);
        Assert.Equal(
            $"<response><returncode>SUCCESS</returncode><hookID>{id}</hookID><messageKey>duplicateWarning</messageKey><message>There is already a hook for this callback URL.</message></response>",
            (await balancer.Lms.GetAsync("hooks/create", $"callbackURL={escaped}")).Text);
        var all = (await balancer.Lms.GetAsync("hooks/create", "callbackURL=https%3A%2F%2Flms.example%2Fall&getRaw=TRUE"))["hookID"];
        Assert.Equal(
            $"<response><returncode>SUCCESS</returncode><hooks><hook><hookID>{id}</hookID><callbackURL>https://lms.example/hook?a=b&amp;c=%20d</callbackURL>"
            + "<meetingID>room</meetingID><eventID>user-joined,user-left</eventID><permanentHook>false</permanentHook><rawData>false</rawData></hook>"
            + $"<hook><hookID>{all}</hookID><callbackURL>https://lms.example/all</callbackURL><permanentHook>false</permanentHook><rawData>true</rawData></hook></hooks></response>",
            (await balancer.Lms.GetAsync("hooks/list")).Text);
        Assert.DoesNotContain($"<hookID>{id}<", (await balancer.Lms.GetAsync("hooks/list", "meetingID=other")).Text, StringComparison.Ordinal);

        Assert.Equal("missingParamHookID", (await balancer.Lms.GetAsync("hooks/destroy")).Key);
        foreach (var wrong in new[] { "0", "-1", "x", "99999999999999999999", "999999" })
            Assert.Equal("destroyMissingHook", (await balancer.Lms.GetAsync("hooks/destroy", $"hookID={wrong}")).Key);
        Assert.Equal("<response><returncode>SUCCESS</returncode><removed>true</removed></response>", (await balancer.Lms.GetAsync("hooks/destroy", $"hookID={id}")).Text);
        Assert.Equal("destroyMissingHook", (await balancer.Lms.GetAsync("hooks/destroy", $"hookID={id}")).Key);
        Assert.NotEqual(id, (await balancer.Lms.GetAsync("hooks/create", $"callbackURL={escaped}"))["hookID"]);

        foreach (var bad in new[] { "", "no-url", "ftp://lms.example/", "https://lms.example/#x" })
            Assert.Equal("createHookError", (await balancer.Lms.GetAsync("hooks/create", $"callbackURL={Uri.EscapeDataString(bad)}")).Key);
        Assert.Equal("checksumError", (await balancer.Lms.GetUrlAsync("/bigbluebutton/api/hooks/list?checksum=" + new string('0', 64))).Key);
        Assert.Equal(0, await balancer.Database.ScalarAsync<long>("select count(*) from mt_events where data::text like '%c=\\%20d%'"));
    }

    [Fact]
    public async Task Many_creates_of_one_URL_at_once_are_one_hook()
    {
        await using var balancer = await StartAsync(roles: Roles.Api);
        var replies = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => balancer.Lms.GetAsync("hooks/create", "callbackURL=https%3A%2F%2Flms.example%2Fhook")));

        Assert.Single(replies.Select(reply => reply["hookID"]).Distinct());
        Assert.Single(replies, reply => reply.Key is null or "");
    }

    [Fact]
    public async Task Events_reach_the_client_signed_with_the_secret_of_its_create()
    {
        await using var lms = await RecordingNode.StartAsync();
        await using var balancer = await StartAsync();
        using var client = new Lms(balancer.Origin, Second);
        var url = UrlOf(lms, "?course=7");
        await client.GetAsync("hooks/create", $"callbackURL={Uri.EscapeDataString(url)}");
        await RegisteredAsync(balancer, 1);

        for (var n = 1; n <= 5; n++) Assert.Equal([204], await balancer.Pool.Nodes[n % 2].Hooks!.SendAsync("room", Event, n));

        Assert.Equal(5, lms.Calls.Count);
        Assert.Equal(["1", "2", "3", "4", "5"], lms.Calls.Select(call => Encoding.UTF8.GetString(call.Start).Split("timestamp=")[1]));
        var got = lms.Calls.First();
        var body = Encoding.UTF8.GetString(got.Start);
        Assert.Equal(("POST", "hook", "application/x-www-form-urlencoded; charset=UTF-8"), (got.Method, got.Call, got.ContentType?.Replace(";c", "; c", StringComparison.Ordinal)));
        Assert.Equal($"course=7&checksum={Checksum.Compute(ChecksumAlgorithm.Sha1, url, body, Second)}", got.Query.Text);
        Assert.StartsWith("domain=127.0.0.1&event=", body, StringComparison.Ordinal);
        Assert.Contains(Uri.EscapeDataString(Event), body, StringComparison.Ordinal);
        Assert.Equal(0, await balancer.Database.ScalarAsync<long>("select count(*) from callback_queue"));
    }

    [Fact]
    public async Task What_the_client_does_not_take_is_kept_and_delivered_once()
    {
        await using var lms = await RecordingNode.StartAsync();
        await using var balancer = await StartAsync();
        await balancer.Lms.GetAsync("hooks/create", $"callbackURL={Uri.EscapeDataString(UrlOf(lms))}");
        await RegisteredAsync(balancer, 1);
        lms.Answer = _ => new Told("", status: 500);

        foreach (var _ in Enumerable.Range(0, 3)) Assert.Equal([204], await balancer.Pool.Nodes[0].Hooks!.SendAsync("room", Event, 7));
        Assert.Equal(1, await balancer.Database.ScalarAsync<long>("select count(*) from callback_queue where kind = 'Hook'"));
        lms.Answer = _ => new Told("");
        await Eventually.HoldsAsync("it is delivered", async () =>
            await balancer.Database.ScalarAsync<long>("select count(*) from callback_queue where state = 'delivered'") == 1);
        var last = lms.Calls.Last();
        Assert.Equal(Checksum.Compute(ChecksumAlgorithm.Sha1, UrlOf(lms), Encoding.UTF8.GetString(last.Start), Balancer.Secret), last.Query.Checksum);
        Assert.Equal(0, await balancer.Database.ScalarAsync<long>("select count(*) from mt_events where data::text like '%int-1%'"));
    }

    [Fact]
    public async Task A_call_without_the_MAC_or_the_node_s_signature_reaches_nobody()
    {
        await using var lms = await RecordingNode.StartAsync();
        await using var balancer = await StartAsync();
        await balancer.Lms.GetAsync("hooks/create", $"callbackURL={Uri.EscapeDataString(UrlOf(lms))}");
        await RegisteredAsync(balancer, 1);
        var (first, second) = (balancer.Pool.Nodes[0], balancer.Pool.Nodes[1]);
        var url = first.Hooks!.All.Single().CallbackUrl;
        const string body = "domain=x&event=%5B%5D&timestamp=1";

        foreach (var (target, secret) in new[] { (url, second.Secret), (url, Balancer.Secret), (url, ""), (url[..^1] + "x", first.Secret), (url.Replace(balancer.IdOf(first.Name), balancer.IdOf(second.Name), StringComparison.Ordinal), second.Secret) })
            Assert.Equal(404, await PostAsync(balancer, $"{target}?checksum={Checksum.Compute(ChecksumAlgorithm.Sha256, target, body, secret.Length == 0 ? "x" : secret)}", body));
        Assert.Equal(404, await PostAsync(balancer, url, body));
        Assert.Empty(lms.Calls);
        Assert.Equal(204, await PostAsync(balancer, $"{url}?checksum={Checksum.Compute(ChecksumAlgorithm.Sha256, url, body, first.Secret)}", body));
        Assert.Single(lms.Calls);
    }

    [Fact]
    public async Task A_node_that_joins_or_lost_its_hooks_gets_them_and_one_that_was_destroyed_is_taken_from_all()
    {
        await using var balancer = await StartAsync(register: false);
        var (first, second) = (balancer.Pool.Nodes[0], balancer.Pool.Nodes[1]);
        await balancer.RegisterAsync(first);
        first.Hooks!.Create("https://elsewhere.example/");
        var id = (await balancer.Lms.GetAsync("hooks/create", "callbackURL=https%3A%2F%2Flms.example%2Fhook&meetingID=room&eventID=user-joined&getRaw=true"))["hookID"];
        await Eventually.HoldsAsync("the first has it", () => Task.FromResult(first.Hooks.All.Count == 2));
        Assert.Equal(("room", "user-joined", true), (first.Hooks.All[1].MeetingID, first.Hooks.All[1].EventID, first.Hooks.All[1].RawData));

        await balancer.RegisterAsync(second);
        await Eventually.HoldsAsync("the second has it", () => Task.FromResult(second.Hooks!.All.Count == 1));
        second.Hooks!.Clear();
        await balancer.Database.ExecuteAsync("update hook_sync set due_at = now() - interval '1 second'");
        await Eventually.HoldsAsync("the second has it again", () => Task.FromResult(second.Hooks.All.Count == 1));

        await balancer.Lms.GetAsync("hooks/destroy", $"hookID={id}");
        await Eventually.HoldsAsync("none has it", () => Task.FromResult(second.Hooks.All.Count == 0 && first.Hooks.All.Count == 1));
        Assert.Equal("https://elsewhere.example/", first.Hooks.All.Single().CallbackUrl);
    }

    [Fact]
    public async Task With_direct_the_nodes_have_the_client_s_URL()
    {
        await using var balancer = await StartAsync(change: settings => settings with { Callbacks = settings.Callbacks with { RelaysHooks = false } });
        var id = (await balancer.Lms.GetAsync("hooks/create", "callbackURL=https%3A%2F%2Flms.example%2Fhook"))["hookID"];
        await RegisteredAsync(balancer, 1);
        Assert.All(balancer.Pool.Nodes, node => Assert.Equal("https://lms.example/hook", node.Hooks!.All.Single().CallbackUrl));

        await balancer.Lms.GetAsync("hooks/destroy", $"hookID={id}");
        await RegisteredAsync(balancer, 0);
    }

    [Fact]
    public async Task Nodes_without_webhooks_are_left_alone()
    {
        await using var balancer = await StartAsync(webhooks: false);
        Assert.Equal("SUCCESS", (await balancer.Lms.GetAsync("hooks/create", "callbackURL=https%3A%2F%2Flms.example%2Fhook")).Code);
        await Eventually.HoldsAsync("they were asked", async () =>
            await balancer.Database.ScalarAsync<long>("select count(*) from hook_sync where due_at > now() + interval '5 minutes'") == 2);
        Assert.All(balancer.Pool.Nodes, node => Assert.DoesNotContain(node.Journal.Entries, entry => entry.Call == "hooks/create"));
    }

    private static async Task<Balancer> StartAsync(
        Func<Settings, Settings>? change = null, Roles roles = Roles.Api | Roles.Workers, bool register = true, bool webhooks = true) => await Balancer.StartAsync(
        2,
        settings =>
        {
            var callable = settings with
            {
                Security = settings.Security with { LoadBalancerSecrets = [Balancer.Secret, Second] },
                Callbacks = new CallbackSettings { Allowed = ["127.0.0.1"] },
            };
            return change is null ? callable : change(callable);
        },
        roles, register, webhooks: webhooks);

    private static string UrlOf(RecordingNode lms, string query = "") => $"{new Uri(lms.Url).GetLeftPart(UriPartial.Authority)}/hook{query}";

    private static Task RegisteredAsync(Balancer balancer, int hooks) =>
        Eventually.HoldsAsync($"the nodes have {hooks}", () => Task.FromResult(balancer.Pool.Nodes.All(node => node.Hooks!.All.Count == hooks)));

    private static async Task<int> PostAsync(Balancer balancer, string url, string body) => (await balancer.Lms.SendAsync(
        HttpMethod.Post, url, Lms.Bytes(Encoding.UTF8.GetBytes(body), "application/x-www-form-urlencoded"))).Status;
}
