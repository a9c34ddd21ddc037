using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Scalelite.Api.Hosting;
using Scalelite.Api.Tests.Calls;
using Scalelite.BigBlueButton.Tokens;
using Scalelite.EventLog;
using Scalelite.Testing;
using Scalelite.Workers.Callbacks;
using Scalelite.Workers.Configuration;
using Xunit;

namespace Scalelite.Api.Tests.Callbacks;

/// <summary>What a node counted in a meeting reaches the LMS, in words that it can verify, and from nobody else.</summary>
public sealed class AnalyticsTests
{
    private const string Path = "/bigbluebutton/api/analytics_callback";
    private const string Second = "the-second-secret-of-the-lms";

    [Fact]
    public async Task What_the_node_counted_is_passed_on_signed_for_the_client_once()
    {
        await using var lms = await RecordingNode.StartAsync();
        await using var balancer = await StartAsync();
        var (id, node) = await CreateAsync(balancer, lms);
        Assert.Equal(balancer.Origin + Path, node.Meeting("room")!.Metadata["analytics-callback-url"]);

        var token = Token(node.Secret);
        foreach (var _ in Enumerable.Range(0, 3)) Assert.Equal(204, await TellAsync(balancer, id, token));
        await DeliveredAsync(balancer);

        var got = Assert.Single(lms.Calls);
        Assert.Equal(("POST", "analytics", "application/json"), (got.Method, got.Call, got.ContentType));
        var body = JsonDocument.Parse(got.Start).RootElement;
        Assert.Equal(("scalelite", id), (body.GetProperty("customer").GetString(), body.GetProperty("internal_meeting_id").GetString()));
        Assert.Equal("Käthe", body.GetProperty("data").GetProperty("attendees")[0].GetProperty("ext_user_id").GetString());
        var bearer = JsonWebToken.Verify(got.Authorization["Bearer ".Length..], [Second], DateTimeOffset.UtcNow, TokenAlgorithm.HS512);
        Assert.InRange(bearer!.Claims["exp"]!.GetValue<long>(), DateTimeOffset.UtcNow.AddHours(23).ToUnixTimeSeconds(), DateTimeOffset.UtcNow.AddHours(25).ToUnixTimeSeconds());
        foreach (var hidden in new[] { "Käthe", "the-capability" })
            Assert.Equal(0, await balancer.Database.ScalarAsync<long>("select count(*) from mt_events where data::text like $1", $"%{hidden}%"));
        Assert.Equal(0, await balancer.Database.ScalarAsync<long>("select count(*) from secret where owner like 'callback-%'"));
    }

    [Fact]
    public async Task A_node_that_was_removed_since_is_still_believed_and_no_other_is()
    {
        await using var lms = await RecordingNode.StartAsync();
        await using var balancer = await StartAsync();
        var (id, node) = await CreateAsync(balancer, lms);
        var other = balancer.Pool.Nodes.Single(n => n.Name != node.Name);

        foreach (var token in new[]
        {
            null, "", "a.b.c", Token(other.Secret), Token(Second), Token(Balancer.Secret), Token(""), Token(node.Secret, TokenAlgorithm.HS256),
            Token(node.Secret, exp: DateTimeOffset.UtcNow.AddHours(-1)),
        })
        {
            Assert.Equal(401, await TellAsync(balancer, id, token));
        }

        Assert.Equal(401, await TellAsync(balancer, "no-such-meeting", Token(node.Secret)));
        Assert.Equal(0, await balancer.Database.ScalarAsync<long>("select count(*) from callback_queue"));

        await balancer.RemoveAsync(node.Name);
        Assert.Equal(204, await TellAsync(balancer, id, Token(node.Secret)));
        await DeliveredAsync(balancer);
    }

    [Fact]
    public async Task What_is_no_such_body_is_refused_and_what_nobody_wants_is_taken()
    {
        await using var balancer = await StartAsync();
        await balancer.CreateAsync("quiet");
        var node = balancer.Pool.Nodes.Single(n => n.Meeting("quiet") is not null);
        var token = Token(node.Secret);

        foreach (var body in new[] { "", "[]", "null", "{", "{}", "{\"internal_meeting_id\":7}", "{\"internal_meeting_id\":\"a\\u0000\"}", "{\"internal_meeting_id\":\"a\",\"internal_meeting_id\":\"b\"}" })
            Assert.Equal(400, await TellAsync(balancer, Encoding.UTF8.GetBytes(body), token));
        Assert.Equal(204, await TellAsync(balancer, node.Meeting("quiet")!.InternalMeetingID, token));
        Assert.Equal(0, await balancer.Database.ScalarAsync<long>("select count(*) from callback_queue"));
        Assert.Equal("unsupportedRequest", (await balancer.Lms.GetAsync("analytics_callback")).Key);
    }

    [Fact]
    public async Task Where_the_run_named_nobody_the_URL_of_the_load_balancer_before_us_counts()
    {
        await using var lms = await RecordingNode.StartAsync();
        await using var balancer = await StartAsync();
        await balancer.CreateAsync("room");
        var node = balancer.Pool.Nodes.Single(n => n.Meeting("room") is not null);
        await using (var session = balancer.Service<IDocumentStore>().LightweightSession())
        {
            var store = SecretVault.Store(balancer.Service<SecretVault>().Seal(
                InheritedCallbacks.OwnerOf("room"), RunCallbacks.Kind("analytics-callback-url"), 1, $"{new Uri(lms.Url).GetLeftPart(UriPartial.Authority)}/inherited"));
            session.QueueSqlCommand(store.Sql, store.Values);
            await session.SaveChangesAsync();
        }

        Assert.Equal(204, await TellAsync(balancer, node.Meeting("room")!.InternalMeetingID, Token(node.Secret)));
        await DeliveredAsync(balancer);
        Assert.Equal("inherited", Assert.Single(lms.Calls).Call);
    }

    [Fact]
    public async Task Without_a_URL_to_call_the_node_is_not_asked_to_tell()
    {
        await using var balancer = await StartAsync();
        await balancer.CreateAsync("plain");
        await balancer.CreateAsync("odd", "&meta_analytics-callback-url=ftp://lms.example/");

        Assert.All(
            balancer.Pool.Nodes.SelectMany(node => new[] { node.Meeting("plain"), node.Meeting("odd") }),
            meeting => Assert.False(meeting?.Metadata.ContainsKey("analytics-callback-url") ?? false));
    }

    private static Task<Balancer> StartAsync() => Balancer.StartAsync(2, settings => settings with
    {
        Security = settings.Security with { LoadBalancerSecrets = [Balancer.Secret, Second] },
        Callbacks = new CallbackSettings { Allowed = ["127.0.0.1"] },
    }, Roles.Api | Roles.Workers);

    /// <summary>A meeting whose create the client's second secret signed, and its node.</summary>
    private static async Task<(string InternalMeetingId, Simulator.SimulatedNode Node)> CreateAsync(Balancer balancer, RecordingNode lms)
    {
        using var client = new Lms(balancer.Origin, Second);
        var url = Uri.EscapeDataString($"{new Uri(lms.Url).GetLeftPart(UriPartial.Authority)}/analytics?the-capability");
        var reply = await client.GetAsync("create", $"name=Room&meetingID=room&meta_analytics-callback-url={url}");
        Assert.Equal("SUCCESS", reply.Code);
        await balancer.IsLiveAsync("room");
        return (reply["internalMeetingID"]!, balancer.Pool.Nodes.Single(node => node.Meeting("room") is not null));
    }

    private static string Token(string secret, TokenAlgorithm algorithm = TokenAlgorithm.HS512, DateTimeOffset? exp = null) => JsonWebToken.Sign(
        algorithm, secret.Length == 0 ? "x" : secret, new JsonObject { ["exp"] = (exp ?? DateTimeOffset.UtcNow.AddDays(1)).ToUnixTimeSeconds() });

    private static Task<int> TellAsync(Balancer balancer, string internalMeetingId, string? token) => TellAsync(
        balancer,
        JsonSerializer.SerializeToUtf8Bytes(new
        {
            version = "1.0",
            meeting_id = "room",
            internal_meeting_id = internalMeetingId,
            data = new { metadata = new { }, attendees = new[] { new { ext_user_id = "Käthe" } } },
        }),
        token);

    private static async Task<int> TellAsync(Balancer balancer, byte[] body, string? token)
    {
        var reply = await balancer.Lms.SendAsync(HttpMethod.Post, Path, Lms.Bytes(body, "application/json"), request =>
        {
            if (token is not null) request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {token}");
        });
        return reply.Status;
    }

    private static Task DeliveredAsync(Balancer balancer) => Eventually.HoldsAsync(
        "it is delivered", async () => await balancer.Database.ScalarAsync<long>("select count(*) from callback_queue where state = 'delivered'") == 1);
}
