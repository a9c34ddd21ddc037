using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.WebUtilities;
using Scalelite.Api.Tests.Calls;
using Scalelite.Domain.Recordings;
using Scalelite.Workers.Configuration;
using Xunit;

namespace Scalelite.Api.Tests.Playback;

/// <summary>Recordings that are played from a CloudFront distribution.</summary>
public sealed class CloudFrontTests(CloudFrontTests.WithDistribution shared) : IClassFixture<CloudFrontTests.WithDistribution>
{
    [Fact]
    public async Task A_page_is_played_there_with_cookies_for_that_recording_alone()
    {
        var id = await shared.Shelf.AddAsync();

        var reply = await shared.GetAsync($"/video/{id}/", ("Host", "bbb.example.org"));

        Assert.Equal((307, $"https://cdn.example.org/published/video/{id}/index.html"), (reply.Status, reply.Location));
        var cookies = reply.Headers.GetValues("Set-Cookie").ToDictionary(cookie => cookie.Split('=', 2)[0], cookie => cookie.Split('=', 2)[1].Split("; "));
        Assert.Equal(["CloudFront-Key-Pair-Id", "CloudFront-Policy", "CloudFront-Signature"], cookies.Keys.Order());
        foreach (var cookie in cookies.Values)
        {
            Assert.Equal(
                ["domain=example.org", "httponly", $"path=/published/video/{id}", "samesite=none", "secure"], cookie[1..].Order(StringComparer.OrdinalIgnoreCase));
        }

        Assert.Equal("K2JCJMDEHXQW5F", cookies["CloudFront-Key-Pair-Id"][0]);
        Signed(id, cookies["CloudFront-Policy"][0], cookies["CloudFront-Signature"][0]);
    }

    [Theory]
    [InlineData("bbb.example.org", true)]
    [InlineData("example.org", true)]
    [InlineData("bbb.example.com", false)]
    [InlineData("org", false)]
    public async Task A_single_file_is_signed_in_its_URL(string host, bool hasCookies)
    {
        var id = await shared.Shelf.AddAsync("presentation");

        var reply = await shared.GetAsync($"/presentation/{id}/a%20b.webm", ("Host", host));

        Assert.Equal(307, reply.Status);
        Assert.Equal(hasCookies, reply.Headers.Contains("Set-Cookie"));
        Assert.StartsWith($"https://cdn.example.org/published/presentation/{id}/a%20b.webm?", reply.Location, StringComparison.Ordinal);
        var query = QueryHelpers.ParseQuery(new Uri(reply.Location).Query);
        Assert.Equal("K2JCJMDEHXQW5F", query["Key-Pair-Id"]);
        Signed(id, query["Policy"]!, query["Signature"]!, "presentation");
    }

    [Fact]
    public async Task What_scripts_fetch_comes_from_here_and_a_page_too_where_no_cookie_reaches_CloudFront()
    {
        var id = await shared.Shelf.AddAsync("presentation", files: ("shapes.svg", [1, 2, 3]));

        Assert.Equal([1, 2, 3], (await shared.GetAsync($"/presentation/{id}/shapes.svg", ("Host", "bbb.example.org"))).Bytes);
        Assert.Equal(Shelf.Page, (await shared.GetAsync($"/presentation/{id}/", ("Host", "bbb.example.com"))).Bytes);
    }

    [Fact]
    public async Task What_is_not_published_is_never_signed_for_CloudFront()
    {
        var (unpublished, closed) = (await shared.Shelf.AddAsync(published: false), await shared.Shelf.AddAsync(isProtected: true));

        var deleted = await shared.Shelf.AddAsync();
        await shared.Shelf.HappensAsync(deleted, new RecordingDeleted(deleted, "a test", DateTimeOffset.UtcNow));
        foreach (var id in new[] { unpublished, closed, deleted, "unknown" })
        {
            var reply = await shared.GetAsync($"/video/{id}/", ("Host", "bbb.example.org"));
            Assert.Equal(404, reply.Status);
            Assert.False(reply.Headers.Contains("Set-Cookie"));
        }
    }

    private static void Signed(string id, string policy, string signature, string format = "video")
    {
        var text = Decode(policy);
        var statement = JsonNode.Parse(text)!["Statement"]![0]!;
        var until = DateTimeOffset.FromUnixTimeSeconds(statement["Condition"]!["DateLessThan"]!["AWS:EpochTime"]!.GetValue<long>());
        Assert.Equal($"https://cdn.example.org/published/{format}/{id}/*", statement["Resource"]!.GetValue<string>());
        Assert.InRange(until - DateTimeOffset.UtcNow, TimeSpan.FromMinutes(355), TimeSpan.FromMinutes(361));
        Assert.DoesNotContain(' ', Encoding.UTF8.GetString(text));
        Assert.Matches("^[A-Za-z0-9~_-]+$", policy);
        Assert.Matches("^[A-Za-z0-9~_-]+$", signature);
        Assert.True(WithDistribution.Key.VerifyData(text, Decode(signature), HashAlgorithmName.SHA1, RSASignaturePadding.Pkcs1));
    }

    private static byte[] Decode(string text) => Convert.FromBase64String(text.Replace('-', '+').Replace('_', '=').Replace('~', '/'));

    public sealed class WithDistribution : SharedShelf
    {
        internal static RSA Key { get; } = RSA.Create(2048);

        private protected override Settings Change(Settings settings) => settings with
        {
            Playback = settings.Playback with
            {
                CloudFrontUrl = "https://cdn.example.org",
                CloudFrontKeyPair = "K2JCJMDEHXQW5F",
                CloudFrontPrivateKey = Key.ExportRSAPrivateKeyPem(),
            },
        };
    }
}
