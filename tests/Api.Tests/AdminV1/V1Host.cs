using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Configuration;
using Scalelite.Api.AdminV1;
using Scalelite.Api.Configuration;
using Scalelite.Api.Tests.Calls;
using Scalelite.Domain.AdminTokens;
using Scalelite.Workers.AdminTokens;
using Scalelite.Workers.Configuration;
using Scalelite.Workers.Servers;
using Xunit;

namespace Scalelite.Api.Tests.AdminV1;

/// <summary>A balancer with one node, its settings read as the program reads them, and a client of <c>/admin/api/v1</c>.</summary>
public class V1Host : IAsyncLifetime
{
    internal const string LmsSecret = Calls.Balancer.Secret;
    internal const string AdminSecret = "secret-of-the-old-admin-api";

    private static readonly HttpClient Http = new(new SocketsHttpHandler { UseProxy = false });

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("scalelite-admin-");
    private readonly Dictionary<AdminRole, string> _tokens = [];

    internal Balancer Balancer { get; private set; } = null!;

    private protected virtual int Rate => 1_000_000;

    public async Task InitializeAsync()
    {
        Balancer = await Balancer.StartAsync(1, defaults =>
        {
            var sources = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
            {
                ["LOADBALANCER_SECRET"] = LmsSecret,
                ["LOADBALANCER_ADMIN_SECRET"] = AdminSecret,
                ["SECRET_KEY_BASE"] = defaults.Security.SecretKeyBase,
                ["BIND"] = "127.0.0.1",
                ["PORT"] = "0",
                ["ADMIN_API_RATE"] = Rate.ToString(System.Globalization.CultureInfo.InvariantCulture),
            }).Build();
            var settings = SettingsReading.From(sources, Needs.LoadBalancerSecret | Needs.SealedSecrets).Settings!;
            return settings with
            {
                Database = Reach(defaults.Database),
                Recordings = settings.Recordings with
                {
                    PublishFolder = Path.Combine(_folder.FullName, "published"),
                    UnpublishFolder = Path.Combine(_folder.FullName, "unpublished"),
                },
            };
        });
        foreach (var role in Enum.GetValues<AdminRole>()) _tokens[role] = (await IssueAsync(role)).Token;
    }

    /// <summary>How the balancer reaches its database.</summary>
    private protected virtual DatabaseSettings Reach(DatabaseSettings database) => database;

    public virtual async Task DisposeAsync()
    {
        await Balancer.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    /// <summary>A new token, known to the balancer at once.</summary>
    internal async Task<AdminTokenOutcome.Issued> IssueAsync(AdminRole role)
    {
        var issued = await Balancer.Service<AdminTokenOperations>().IssueAsync(
            $"test-{role}", role, TimeSpan.FromDays(1), new ChangedBy("test"), CancellationToken.None);
        Balancer.Service<BearerTokens>().Forget();
        return (AdminTokenOutcome.Issued)issued;
    }

    internal string TokenOf(AdminRole role) => _tokens[role];

    internal Task<V1Answer> GetAsync(string path, AdminRole role = AdminRole.Viewer) => SendAsync("GET", path, role: role);

    /// <summary>Sends a request as somebody of a role.</summary>
    /// <param name="ifMatch">As it stands in the header.</param>
    internal Task<V1Answer> SendAsync(
        string method, string path, object? body = null, string? ifMatch = null, AdminRole role = AdminRole.Admin, string? reason = null,
        string requestId = "request-of-a-test") =>
        SendAsAsync($"Bearer {_tokens[role]}", method, path, body, ifMatch, reason, requestId: requestId);

    /// <summary>Sends a request with an Authorization header of one's own; without one where it is null.</summary>
    internal async Task<V1Answer> SendAsAsync(
        string? authorization, string method, string path, object? body = null, string? ifMatch = null, string? reason = null, string contentType = "application/json",
        string requestId = "request-of-a-test")
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), Balancer.Origin + AdminV1Api.Path + path);
        request.Headers.Add("X-Request-Id", requestId);
        if (authorization is not null) request.Headers.TryAddWithoutValidation("Authorization", authorization);
        if (ifMatch is not null) request.Headers.TryAddWithoutValidation("If-Match", ifMatch);
        if (reason is not null) request.Headers.TryAddWithoutValidation("X-Reason", reason);
        if (body is not null)
        {
            request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body as string ?? JsonSerializer.Serialize(body)));
            request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(contentType);
        }

        using var response = await Http.SendAsync(request);
        return new V1Answer(
            (int)response.StatusCode, await response.Content.ReadAsStringAsync(), response.Content.Headers.ContentType?.MediaType,
            response.Headers.ETag?.ToString(), response.Headers, response.Content.Headers);
    }

    /// <summary>Adds a server that no test but this one has.</summary>
    internal async Task<(string Id, string Version)> AddServerAsync()
    {
        var added = await SendAsync("POST", "/servers", new { url = $"https://{Guid.NewGuid():n}.example.org/bigbluebutton/api", secret = "secret-of-a-node" });
        Assert.True(added.Status == 201, added.Text);
        return (added["id"], added.ETag!);
    }

    /// <summary>Adds a tenant that no test but this one has.</summary>
    internal async Task<(string Id, string Version)> AddTenantAsync()
    {
        var added = await SendAsync("POST", "/tenants", new { name = NewName(), secrets = new[] { "secret-of-a-tenant" } });
        Assert.True(added.Status == 201, added.Text);
        return (added["id"], added.ETag!);
    }

    internal static string NewName() => $"t{Guid.NewGuid():n}";

    /// <summary>The last event of a stream, or the last one of a type, and what its headers say.</summary>
    internal async Task<(string? Type, string? Actor, string? Address, string? Reason)> LastEventAsync(string stream, string type = "")
    {
        var row = (await Balancer.Database.RowsAsync(
            """
            select type, headers->>'actor', headers->>'address', headers->>'reason' from mt_events
            where stream_id = $1 and ($2 = '' or type = $2) order by version desc limit 1
            """,
            stream, type)).Single();
        return ((string?)row[0], (string?)row[1], (string?)row[2], (string?)row[3]);
    }
}

/// <summary>What the API answered.</summary>
internal sealed record V1Answer(
    int Status, string Text, string? ContentType, string? ETag, HttpResponseHeaders Headers, HttpContentHeaders ContentHeaders)
{
    public JsonElement Json => JsonDocument.Parse(Text).RootElement;

    public string this[string name] => Json.GetProperty(name).GetString()!;

    /// <summary>The end of a problem's type.</summary>
    public string? Problem => ContentType == "application/problem+json" ? this["type"].Split(':')[^1] : null;
}
