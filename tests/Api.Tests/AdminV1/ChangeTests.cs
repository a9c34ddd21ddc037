using Scalelite.Api.Tests.Calls;
using Scalelite.Domain;
using Scalelite.Domain.AdminTokens;
using Scalelite.Domain.Servers;
using Xunit;

namespace Scalelite.Api.Tests.AdminV1;

/// <summary>Changes: two who change one thing, who did what, and secrets.</summary>
public sealed class ChangeTests(V1Host host) : IClassFixture<V1Host>
{
    [Fact]
    public async Task Two_admins_do_not_overwrite_each_other()
    {
        var (id, version) = await host.AddServerAsync();
        var first = await host.SendAsync("PATCH", $"/servers/{id}", new { tag = "music" }, version);
        Assert.Equal((200, "music"), (first.Status, first["tag"]));
        Assert.NotEqual(version, first.ETag);

        var second = await host.SendAsync("PATCH", $"/servers/{id}", new { tag = "sports" }, version);
        Assert.Equal((412, "stale", first.ETag), (second.Status, second.Problem, second.ETag));
        Assert.Equal("music", (await host.GetAsync($"/servers/{id}"))["tag"]);

        Assert.Equal(200, (await host.SendAsync("PATCH", $"/servers/{id}", new { tag = "sports" }, first.ETag)).Status);
        Assert.Equal("sports", (await host.GetAsync($"/servers/{id}"))["tag"]);
    }

    [Fact]
    public async Task Of_many_who_change_one_version_at_once_one_does()
    {
        var (tenant, version) = await host.AddTenantAsync();
        var (server, serverVersion) = await host.AddServerAsync();
        var answers = await Task.WhenAll(Enumerable.Range(1, 8).Select(n => host.SendAsync("PUT", $"/tenants/{tenant}/quota", new { meetings = n, users = (int?)null }, version)));
        var others = await Task.WhenAll(Enumerable.Range(1, 8).Select(n => host.SendAsync("PATCH", $"/servers/{server}", new { load_multiplier = n + 1 }, serverVersion)));

        foreach (var all in new[] { answers, others })
        {
            Assert.Single(all, answer => answer.Status == 200);
            Assert.Equal(7, all.Count(answer => answer.Status == 412));
        }
    }

    [Theory]
    [InlineData(null, 428, "no-version")]
    [InlineData("\"99\"", 412, "stale")]
    [InlineData("W/\"1\"", 412, "stale")]
    [InlineData("1", 412, "stale")]
    [InlineData("\"1\", \"2\"", 412, "stale")]
    public async Task Without_the_version_that_is_nothing_changes(string? ifMatch, int status, string problem)
    {
        var (server, _) = await host.AddServerAsync();
        var (tenant, _) = await host.AddTenantAsync();
        foreach (var answer in new[]
        {
            await host.SendAsync("PATCH", $"/servers/{server}", new { tag = "x" }, ifMatch),
            await host.SendAsync("PUT", $"/servers/{server}/state", new { state = "enabled" }, ifMatch),
            await host.SendAsync("POST", $"/servers/{server}/panic", null, ifMatch),
            await host.SendAsync("DELETE", $"/servers/{server}", null, ifMatch),
            await host.SendAsync("PATCH", $"/tenants/{tenant}", new { name = V1Host.NewName() }, ifMatch),
            await host.SendAsync("PUT", $"/tenants/{tenant}/settings", new { param = "welcome", value = "x" }, ifMatch),
            await host.SendAsync("DELETE", $"/tenants/{tenant}", null, ifMatch),
        })
        {
            Assert.Equal((status, problem), (answer.Status, answer.Problem));
        }

        Assert.Equal("\"1\"", (await host.GetAsync($"/servers/{server}")).ETag);
        Assert.Equal("\"1\"", (await host.GetAsync($"/tenants/{tenant}")).ETag);
    }

    [Fact]
    public async Task An_asterisk_stands_for_whatever_version_there_is()
    {
        var (id, _) = await host.AddServerAsync();
        Assert.Equal(200, (await host.SendAsync("PUT", $"/servers/{id}/state", new { state = "cordoned" }, "*", AdminRole.Operator)).Status);
        Assert.Equal("cordoned", (await host.GetAsync($"/servers/{id}"))["state"]);
    }

    [Fact]
    public async Task Every_change_is_an_event_that_says_who_from_where_and_why()
    {
        var (id, version) = await host.AddServerAsync();
        var answer = await host.SendAsync("PUT", $"/servers/{id}/state", new { state = "cordoned", reason = "kernel update" }, version, AdminRole.Operator);
        Assert.Equal(("server_cordoned", "token:test-Operator", "127.0.0.1", "kernel update"), await host.LastEventAsync(Streams.Server(id)));
        await host.SendAsync("PATCH", $"/servers/{id}", new { load_multiplier = 2.5 }, answer.ETag, reason: "slower disks");
        Assert.Equal(("load_multiplier_changed", "token:test-Admin", "127.0.0.1", "slower disks"), await host.LastEventAsync(Streams.Server(id)));
        await host.SendAsync("POST", $"/servers/{id}/panic", null, "*", AdminRole.Operator, "fire");
        Assert.Equal(("server_panicked", "token:test-Operator", "127.0.0.1", "fire"), await host.LastEventAsync(Streams.Server(id)));
        Assert.Equal(204, (await host.SendAsync("DELETE", $"/servers/{id}?force=true", ifMatch: "*", reason: "burnt")).Status);
        Assert.Equal(("server_removed", "token:test-Admin", "127.0.0.1", "burnt"), await host.LastEventAsync(Streams.Server(id)));

        var (tenant, _) = await host.AddTenantAsync();
        await host.SendAsync("PUT", $"/tenants/{tenant}/state", new { enabled = false, reason = "unpaid" }, "*");
        Assert.Equal(("tenant_disabled", "token:test-Admin", "127.0.0.1", "unpaid"), await host.LastEventAsync(Streams.Tenant(tenant)));

        // The same is read through the API, of what is gone too, and each event bears the request's id.
        var events = (await host.GetAsync($"/servers/{id}/events")).Json.GetProperty("items").EnumerateArray().ToList();
        Assert.Equal(
            ["server_registered", "server_cordoned", "load_multiplier_changed", "server_panicked", "server_removed"], events.Select(e => e.GetProperty("type").GetString()));
        Assert.All(events, e => Assert.Equal("request-of-a-test", e.GetProperty("correlation_id").GetString()));
        Assert.Equal("kernel update", events[1].GetProperty("headers").GetProperty("reason").GetString());
        var part = await host.GetAsync($"/servers/{id}/events?after=1&limit=2");
        Assert.Equal((2, 3), (part.Json.GetProperty("items").GetArrayLength(), part.Json.GetProperty("next_after").GetInt32()));
        foreach (var wrong in new[] { new string('x', 501), "two\nlines" })
            Assert.Equal(400, (await host.SendAsync("PUT", $"/tenants/{tenant}/state", new { enabled = true, reason = wrong }, "*")).Status);
    }

    [Fact]
    public async Task What_changes_nothing_leaves_no_event()
    {
        var (id, version) = await host.AddServerAsync();
        var answer = await host.SendAsync("PUT", $"/servers/{id}/state", new { state = "disabled" }, version);
        Assert.Equal((200, "\"1\""), (answer.Status, answer.ETag));
    }

    [Fact]
    public async Task A_creation_that_is_sent_again_makes_nothing_new()
    {
        var (id, url) = ($"node-{Guid.NewGuid():n}", $"https://{Guid.NewGuid():n}.example.org/bigbluebutton/api");
        var server = new { id, url, secret = "s3cret" };
        Assert.Equal(201, (await host.SendAsync("POST", "/servers", server)).Status);
        var again = await host.SendAsync("POST", "/servers", server);
        Assert.Equal((200, "\"1\""), (again.Status, again.ETag));
        Assert.Equal((409, "conflict"), await ProblemOfAsync("/servers", new { id, url, secret = "another" }));
        Assert.Equal((422, "refused"), await ProblemOfAsync("/servers", new { url, secret = "s3cret" }));

        var tenant = new { id = Guid.NewGuid(), name = V1Host.NewName(), secrets = new[] { "one", "two" } };
        var added = await host.SendAsync("POST", "/tenants", tenant);
        Assert.Equal((201, $"/admin/api/v1/tenants/{tenant.id}"), (added.Status, added.Headers.Location!.OriginalString));
        Assert.Equal(200, (await host.SendAsync("POST", "/tenants", tenant)).Status);
        Assert.Equal((409, "conflict"), await ProblemOfAsync("/tenants", new { tenant.id, tenant.name, secrets = new[] { "one" } }));
        Assert.Equal((422, "refused"), await ProblemOfAsync("/tenants", new { tenant.name, secrets = new[] { "one" } }));

        async Task<(int, string?)> ProblemOfAsync(string path, object body) => await host.SendAsync("POST", path, body) is var a ? (a.Status, a.Problem) : default;
    }

    [Fact]
    public async Task Secrets_are_taken_and_never_answered()
    {
        var told = new List<V1Answer>();
        var server = await SendAsync("POST", "/servers", new { url = $"https://{Guid.NewGuid():n}.example.org/bigbluebutton/api", secret = "hush-node" });
        await SendAsync("PATCH", $"/servers/{server["id"]}", new { secret = "hush-node-2" }, server.ETag);
        await SendAsync("PATCH", $"/servers/{server["id"]}", new { secret = "hush-stale" }, server.ETag);
        await SendAsync("POST", "/servers", new { url = "nonsense", secret = "hush-refused" });
        await SendAsync("POST", "/servers", "{\"url\":\"x\",\"secret\":{\"hush-type\":1}}");
        var tenant = await SendAsync("POST", "/tenants", new { name = V1Host.NewName(), secrets = new[] { "hush-tenant" } });
        var id = tenant["id"];
        await SendAsync("PATCH", $"/tenants/{id}", new { secrets = new[] { "hush-new", "hush-tenant" } }, "*");
        await SendAsync("PATCH", $"/tenants/{id}", new { secrets = new[] { "hush:two" } }, "*");
        var lrs = await SendAsync("PUT", $"/tenants/{id}/lrs", new
        {
            endpoint = "https://lrs/xapi",
            user_name = "user",
            password = "hush-lrs",
            token_url = "https://oidc/token",
            client_id = "client",
            client_secret = "hush-client",
        }, "*");
        foreach (var path in new[] { "/servers", "/tenants", $"/servers/{server["id"]}", $"/servers/{server["id"]}/events", $"/tenants/{id}", $"/tenants/{id}/events", "/settings" })
            await SendAsync("GET", path);

        Assert.Equal([201, 200, 412, 422, 400, 201, 200, 422, 200, 200, 200, 200, 200, 200, 200, 200], told.Select(answer => answer.Status));
        Assert.All(told, answer => Assert.DoesNotContain("hush", answer.Text, StringComparison.Ordinal));
        Assert.Equal("token", lrs["lrs"]);
        foreach (var secret in new[] { V1Host.LmsSecret, V1Host.AdminSecret, new string('k', 64) })
            Assert.DoesNotContain(secret, told[^1].Text, StringComparison.Ordinal);
        Assert.DoesNotContain("hush-", ConsoleText.All, StringComparison.Ordinal);
        Assert.Equal(0L, await host.Balancer.Database.ScalarAsync<long>("select count(*) from mt_events where strpos(data::text, 'hush') > 0"));

        async Task<V1Answer> SendAsync(string method, string path, object? body = null, string? ifMatch = null)
        {
            told.Add(await host.SendAsync(method, path, body, ifMatch));
            return told[^1];
        }
    }

    [Fact]
    public async Task A_servers_health_is_part_of_its_version()
    {
        var (id, version) = await host.AddServerAsync();
        await host.Balancer.AppendAsync(Streams.Server(id), new ServerCameOnline(id, DateTimeOffset.UtcNow));
        Assert.Equal(412, (await host.SendAsync("DELETE", $"/servers/{id}", ifMatch: version)).Status);
        Assert.Equal("\"2\"", (await host.GetAsync($"/servers/{id}")).ETag);
    }
}
