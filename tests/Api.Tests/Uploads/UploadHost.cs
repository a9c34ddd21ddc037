using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Scalelite.Api.Hosting;
using Scalelite.Api.Tests.Calls;
using Scalelite.BigBlueButton.Tokens;
using Scalelite.Testing;
using Scalelite.Workers.Configuration;
using Xunit;

namespace Scalelite.Api.Tests.Uploads;

/// <summary>A balancer that takes uploads and imports them, with one node in its pool.</summary>
public sealed class UploadHost : IAsyncLifetime
{
    public const string NodeSecret = "the-secret-of-the-node";

    private static readonly HttpClient Http = new(new SocketsHttpHandler { UseProxy = false, Expect100ContinueTimeout = TimeSpan.FromSeconds(30) });

    private readonly string _root = Directory.CreateTempSubdirectory("upload-").FullName;

    public UploadHost() => Spool = Path.Combine(_root, "spool");

    internal Balancer Balancer { get; private set; } = null!;

    public string ServerId { get; private set; } = "";

    public string Spool { get; init; }

    public string Published => Path.Combine(_root, "published");

    public string Url => $"{Balancer.Origin}/recordings/upload";

    public async Task InitializeAsync()
    {
        Directory.CreateDirectory(Spool);
        Balancer = await Balancer.StartAsync(
            nodes: 0,
            settings => settings with
            {
                Recordings = new RecordingSettings { PublishFolder = Published, UnpublishFolder = Path.Combine(_root, "unpublished") },
                Imports = new ImportSettings { Enabled = true, SpoolFolder = Spool, PollInterval = TimeSpan.FromMilliseconds(100), MostBytes = 50_000_000, MostFiles = 100 },
            },
            Roles.Api | Roles.Workers);
        ServerId = await Balancer.RegisterAsync("n1", "http://127.0.0.1:9/bigbluebutton/api", NodeSecret);
    }

    public async Task DisposeAsync()
    {
        await Balancer.DisposeAsync();
        Directory.Delete(_root, recursive: true);
    }

    /// <summary>The claims that a node makes for an archive.</summary>
    public static JsonObject Claims(string name, byte[] archive) => new()
    {
        ["aud"] = "recording-upload",
        ["sub"] = name,
        ["size"] = archive.Length,
        ["sha256"] = Convert.ToHexStringLower(SHA256.HashData(archive)),
        ["exp"] = DateTimeOffset.UtcNow.AddHours(1).ToUnixTimeSeconds(),
    };

    public static string Sign(JsonObject claims, string secret = NodeSecret) => JsonWebToken.Sign(TokenAlgorithm.HS256, secret, claims);

    /// <summary>Sends bytes from an offset on.</summary>
    internal async Task<UploadReply> PostAsync(string token, HttpContent content, long offset = 0)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, Url) { Content = content };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        request.Headers.ExpectContinue = true;
        request.Headers.Add("Upload-Offset", offset.ToString(System.Globalization.CultureInfo.InvariantCulture));
        using var response = await Http.SendAsync(request);
        return await ReadAsync(response);
    }

    internal Task<UploadReply> PostAsync(string name, byte[] archive) => PostAsync(Sign(Claims(name, archive)), new ByteArrayContent(archive));

    /// <summary>Asks how much is here.</summary>
    internal async Task<UploadReply> HeadAsync(string token)
    {
        using var request = new HttpRequestMessage(HttpMethod.Head, Url);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        using var response = await Http.SendAsync(request);
        return await ReadAsync(response);
    }

    internal Task CompletedAsync(Guid import) => Eventually.HoldsAsync(
        $"import {import} is completed",
        async () => await Balancer.Database.ScalarAsync<string>("select state from import_queue where import_id = $1", import) == "completed",
        60);

    private static async Task<UploadReply> ReadAsync(HttpResponseMessage response)
    {
        var text = await response.Content.ReadAsStringAsync();
        var offset = response.Headers.TryGetValues("Upload-Offset", out var values) ? long.Parse(values.Single(), System.Globalization.CultureInfo.InvariantCulture) : (long?)null;
        var body = text.Length > 0 ? JsonNode.Parse(text) : null;
        return new UploadReply((int)response.StatusCode, offset, body?["importId"]?.GetValue<Guid>(), text);
    }
}

/// <summary>An answer to an upload.</summary>
internal sealed record UploadReply(int Status, long? Offset, Guid? Import, string Text);
