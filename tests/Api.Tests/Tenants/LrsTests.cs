using System.Collections.Concurrent;
using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Scalelite.Api.Tests.Calls;
using Scalelite.Simulator;
using Scalelite.Workers.Tenants;
using Xunit;

namespace Scalelite.Api.Tests.Tenants;

/// <summary>What a tenant's nodes are given to report to its learning record store.</summary>
public sealed class LrsTests
{
    private const string Endpoint = "https://lrs.example.org/xapi";

    [Fact]
    public async Task A_node_gets_the_credentials_encrypted_under_its_own_secret()
    {
        await using var pool = await TenantPool.StartAsync(1);
        var (school, uni) = (await pool.AddAsync("school"), await pool.AddAsync("uni"));
        await pool.ChangeAsync((tenants, by) => tenants.SetLrsAsync(
            school.Id, Endpoint, null, new LrsCredentials { UserName = "reporter", Password = "a \"pass\"/wörd" }, by, CancellationToken.None));
        await school.StartAsync("room");
        await uni.StartAsync("lecture");

        var node = pool.Balancer.Node("node-1");
        Assert.Equal("""{"lrs_endpoint":"https://lrs.example.org/xapi","lrs_username":"reporter","lrs_password":"a \"pass\"/wörd"}""", Open(node, "room"));
        Assert.DoesNotContain("secret-lrs-payload", node.Meeting("lecture")!.Metadata.Keys);
        Assert.Equal(0L, await pool.Balancer.Database.ScalarAsync<long>(
            "select count(*) from mt_events where data::text like '%reporter%' or data::text like '%lrs-payload%'"));

        // Without one again, and the credentials are gone.
        await pool.ChangeAsync((tenants, by) => tenants.ClearLrsAsync(school.Id, by, CancellationToken.None));
        await school.StartAsync("later");
        Assert.DoesNotContain("secret-lrs-payload", node.Meeting("later")!.Metadata.Keys);
        Assert.Equal(0L, await pool.Balancer.Database.ScalarAsync<long>("select count(*) from secret where kind = 'lrs'"));
    }

    [Fact]
    public async Task A_token_is_fetched_by_password_grant_and_used_for_its_life()
    {
        await using var oidc = await Oidc.StartAsync(_ => Results(("access_token", "token-1"), ("expires_in", 300)));
        await using var pool = await TenantPool.StartAsync(1);
        var school = await WithTokenAsync(pool, oidc);
        for (var n = 0; n < 3; n++) await school.StartAsync($"room-{n}");

        var node = pool.Balancer.Node("node-1");
        Assert.All(Enumerable.Range(0, 3), n => Assert.Equal("""{"lrs_endpoint":"https://lrs.example.org/xapi","lrs_token":"token-1"}""", Open(node, $"room-{n}")));
        Assert.Equal("client_id=a-client&client_secret=its-secret&username=reporter&password=its-password&grant_type=password", Assert.Single(oidc.Forms));
    }

    [Fact]
    public async Task A_token_whose_life_is_over_is_fetched_anew()
    {
        var n = 0;
        await using var oidc = await Oidc.StartAsync(_ => Results(("access_token", $"token-{Interlocked.Increment(ref n)}"), ("expires_in", 1)));
        await using var pool = await TenantPool.StartAsync(1);
        var school = await WithTokenAsync(pool, oidc);
        await school.StartAsync("room-1");
        await TenantPool.SeenAsync();
        await school.StartAsync("room-2");

        var node = pool.Balancer.Node("node-1");
        Assert.Contains("token-1", Open(node, "room-1"), StringComparison.Ordinal);
        Assert.Contains("token-2", Open(node, "room-2"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_store_that_is_away_delays_no_create_by_more_than_two_seconds_and_fails_none()
    {
        await using var oidc = await Oidc.StartAsync(async http =>
        {
            await Task.Delay(Timeout.Infinite, http.RequestAborted);
            return null!;
        });
        await using var pool = await TenantPool.StartAsync(1);
        var school = await WithTokenAsync(pool, oidc);
        var node = pool.Balancer.Node("node-1");

        var began = Stopwatch.GetTimestamp();
        var creates = await Task.WhenAll(Enumerable.Range(0, 5).Select(n => school.CreateAsync($"room-{n}")));
        var took = Stopwatch.GetElapsedTime(began);

        Assert.All(creates, create => Assert.Equal("SUCCESS", create.Code));
        Assert.DoesNotContain("secret-lrs-payload", node.Meeting("room-0")!.Metadata.Keys);
        Assert.InRange(took.TotalSeconds, 1.5, 4);
        Assert.Single(oidc.Forms);

        // Those that come later do not wait for what the first waited for in vain.
        began = Stopwatch.GetTimestamp();
        Assert.Equal("SUCCESS", (await school.CreateAsync("later")).Code);
        Assert.InRange(Stopwatch.GetElapsedTime(began).TotalSeconds, 0, 1.5);
    }

    [Theory]
    [InlineData(500, "oops")]
    [InlineData(200, "oops")]
    [InlineData(200, """{"token_type":"Bearer"}""")]
    [InlineData(302, "")]
    public async Task A_store_that_gives_no_token_fails_no_create_and_is_not_asked_by_each(int status, string body)
    {
        await using var oidc = await Oidc.StartAsync(_ => Task.FromResult(new Said(status, body)));
        await using var pool = await TenantPool.StartAsync(1);
        var school = await WithTokenAsync(pool, oidc);
        await school.StartAsync("room-1");
        await school.StartAsync("room-2");

        Assert.DoesNotContain("secret-lrs-payload", pool.Balancer.Node("node-1").Meeting("room-2")!.Metadata.Keys);
        Assert.Single(oidc.Forms);
    }

    private static async Task<TenantClient> WithTokenAsync(TenantPool pool, Oidc oidc)
    {
        var school = await pool.AddAsync("school");
        await pool.ChangeAsync((tenants, by) => tenants.SetLrsAsync(
            school.Id,
            Endpoint,
            oidc.Url,
            new LrsCredentials { ClientId = "a-client", ClientSecret = "its-secret", UserName = "reporter", Password = "its-password" },
            by,
            CancellationToken.None));
        return school;
    }

    /// <summary>Opens a meeting's payload as the reporter of a node does.</summary>
    private static string Open(SimulatedNode node, string meetingId)
    {
        var payload = Convert.FromBase64String(node.Meeting(meetingId)!.Metadata["secret-lrs-payload"]);
        var keys = Rfc2898DeriveBytes.Pbkdf2(node.Secret, payload.AsSpan(8, 8), 10_000, HashAlgorithmName.SHA256, 48);
        using var aes = Aes.Create();
        aes.Key = keys[..32];
        return Encoding.UTF8.GetString(aes.DecryptCbc(payload.AsSpan(16), keys.AsSpan(32)));
    }

    private static Task<Said> Results(params (string Name, object Value)[] fields) =>
        Task.FromResult(new Said(200, JsonSerializer.Serialize(fields.ToDictionary(f => f.Name, f => f.Value))));

    private sealed record Said(int Status, string Body);

    /// <summary>An OIDC server that answers what it is told.</summary>
    private sealed class Oidc(WebApplication app) : IAsyncDisposable
    {
        public string Url => app.Urls.Single() + "/auth/realms/school/token";

        public ConcurrentQueue<string> Forms { get; } = new();

        public static async Task<Oidc> StartAsync(Func<HttpContext, Task<Said>> answer)
        {
            var builder = WebApplication.CreateSlimBuilder();
            builder.Logging.ClearProviders();
            builder.WebHost.UseUrls("http://127.0.0.1:0");
            var app = builder.Build();
            var oidc = new Oidc(app);
            app.MapPost("/auth/realms/school/token", async http =>
            {
                using var reader = new StreamReader(http.Request.Body);
                oidc.Forms.Enqueue(await reader.ReadToEndAsync());
                var said = await answer(http);
                http.Response.StatusCode = said.Status;
                if (said.Status == 302) http.Response.Headers.Location = oidc.Url;
                await http.Response.WriteAsync(said.Body);
            });
            await app.StartAsync();
            return oidc;
        }

        public async ValueTask DisposeAsync()
        {
            using var atOnce = new CancellationTokenSource(TimeSpan.FromMilliseconds(100));
            await app.StopAsync(atOnce.Token);
            await app.DisposeAsync();
        }
    }
}
