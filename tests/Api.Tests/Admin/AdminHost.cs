using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Configuration;
using Scalelite.Api.Configuration;
using Scalelite.Api.Tests.Calls;
using Scalelite.BigBlueButton.Checksums;
using Scalelite.Domain;
using Scalelite.Domain.Meetings;
using Scalelite.Domain.Placement;
using Scalelite.Testing;
using Scalelite.Workers.Configuration;
using Xunit;

namespace Scalelite.Api.Tests.Admin;

/// <summary>A balancer without nodes, its settings read as the program reads them, and a client of its admin API.</summary>
public class AdminHost : IAsyncLifetime
{
    internal const string ClientsSecret = "secret-of-the-clients";
    internal const string AnotherClientsSecret = "secret-of-another-client";

    private static readonly HttpClient Http = new();

    private Balancer _balancer = null!;

    internal TestDatabase Database => _balancer.Database;

    /// <summary>What calls are signed with, unless a test says otherwise.</summary>
    internal virtual string Secret => ClientsSecret;

    private protected virtual Dictionary<string, string?> Environment => new() { ["LOADBALANCER_SECRET"] = ClientsSecret, ["LOADBALANCER_SECRETS"] = AnotherClientsSecret };

    public async Task InitializeAsync() => _balancer = await Balancer.StartAsync(nodes: 0, defaults =>
    {
        var sources = new ConfigurationBuilder().AddInMemoryCollection(Environment).AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["SECRET_KEY_BASE"] = defaults.Security.SecretKeyBase,
            ["BIND"] = "127.0.0.1",
            ["PORT"] = "0",
        }).Build();
        return SettingsReading.From(sources, Needs.LoadBalancerSecret | Needs.SealedSecrets).Settings! with { Database = Reach(defaults.Database) };
    });

    public virtual async Task DisposeAsync() => await _balancer.DisposeAsync();

    /// <summary>How the balancer reaches its database.</summary>
    private protected virtual DatabaseSettings Reach(DatabaseSettings database) => database;

    /// <summary>The path and query of a signed call.</summary>
    internal string Sign(string call, string query = "", string? with = null, ChecksumAlgorithm algorithm = ChecksumAlgorithm.Sha256) =>
        $"/scalelite/api/{call}?{query}{(query.Length == 0 ? "" : "&")}checksum={Checksum.Compute(algorithm, call, query, with ?? Secret)}";

    internal Task<Answer> GetAsync(string call, string query = "") => SendAsync(HttpMethod.Get, Sign(call, query));

    internal Task<Answer> PostAsync(string call, string body, string query = "") => SendAsync(HttpMethod.Post, Sign(call, query), Json(body));

    /// <summary>Posts with <c>bodyHash</c>.</summary>
    internal Task<Answer> PostHashedAsync(string call, string body) => PostAsync(call, body, $"bodyHash={HashOf(body)}");

    internal async Task<Answer> SendAsync(HttpMethod method, string target, HttpContent? content = null)
    {
        using var request = new HttpRequestMessage(method, _balancer.Origin + target) { Content = content };
        request.Headers.Add("X-Request-Id", "request-of-a-test");
        using var response = await Http.SendAsync(request);
        return new Answer((int)response.StatusCode, await response.Content.ReadAsStringAsync(), response.Content.Headers.ContentType?.ToString());
    }

    internal static HttpContent Json(string body, string contentType = "application/json")
    {
        var content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
        content.Headers.ContentType = MediaTypeHeaderValue.Parse(contentType);
        return content;
    }

    internal static string HashOf(string body) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(body)));

    /// <summary>Adds a server of its own through the API.</summary>
    /// <returns>Its id.</returns>
    internal async Task<string> AddAsync(string secret = "secret-of-a-node", string more = "")
    {
        var added = await PostHashedAsync(
            "addServer", $$$"""{"server":{"url":"https://{{{Guid.NewGuid():n}}}.example.org/bigbluebutton/api","secret":"{{{secret}}}"{{{more}}}}}""");
        return added.Status == 201 ? added["id"] : throw new InvalidOperationException(added.Text);
    }

    /// <summary>Places a meeting on a server.</summary>
    /// <returns>Its instance.</returns>
    internal async Task<Guid> PlaceAsync(string serverId)
    {
        var (instance, at) = (Guid.CreateVersion7(), DateTimeOffset.UtcNow);
        await AppendAsync(
            Streams.Meeting(instance),
            new MeetingPlaced(
                instance, "", $"room-{instance}", serverId, "Room", null, false, new Dictionary<string, string>(),
                new PlacementReason("least-load", "lowest load of 1", null, 1, [], 1), at.AddSeconds(25), at),
            new MeetingStarted(instance, serverId, $"internal-{instance}", 1, null, false, null, 3, at));
        return instance;
    }

    internal Task AppendAsync(string stream, params object[] events) => _balancer.AppendAsync(stream, events);

    internal Task<string?> StateAsync(string id) => Database.ScalarAsync<string>("select state from server where id = $1", id);

    internal Task<long> LocationsAsync(string id) => Database.ScalarAsync<long>("select count(*) from meeting_location where server_id = $1", id);
}

/// <summary>A host that an administrator has made strict, but for the secrets, which it shows.</summary>
public sealed class StrictAdminHost : AdminHost
{
    internal const string AdminSecret = "secret-of-the-administrator";

    internal override string Secret => AdminSecret;

    private protected override Dictionary<string, string?> Environment => new(base.Environment)
    {
        ["LOADBALANCER_ADMIN_SECRET"] = AdminSecret,
        ["ADMIN_API_REQUIRES_BODY_HASH"] = "true",
        ["ADMIN_API_SHOWS_SECRETS"] = "true",
        ["LOADBALANCER_CHECKSUM_ALGORITHM"] = "SHA256:SHA512",
    };
}

/// <summary>A host whose clients have no first secret.</summary>
public sealed class ClosedAdminHost : AdminHost
{
    private protected override Dictionary<string, string?> Environment => new() { ["LOADBALANCER_SECRETS"] = AnotherClientsSecret };
}

/// <summary>A host whose wire to PostgreSQL can be cut.</summary>
public sealed class WiredAdminHost : AdminHost
{
    internal DatabaseWire Wire { get; private set; } = null!;

    public override async Task DisposeAsync()
    {
        Wire.Mend();
        await base.DisposeAsync();
        await Wire.DisposeAsync();
    }

    private protected override DatabaseSettings Reach(DatabaseSettings database)
    {
        Wire = new DatabaseWire(database.ConnectionString!);
        return new DatabaseSettings { ConnectionString = Wire.ConnectionString };
    }
}

/// <summary>What the API answered.</summary>
internal sealed record Answer(int Status, string Text, string? ContentType)
{
    public JsonElement Json => JsonDocument.Parse(Text).RootElement;

    public string this[string name] => Json.GetProperty(name).GetString()!;
}
