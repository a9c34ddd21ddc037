using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using Scalelite.Workers.Configuration;

namespace Scalelite.Api.Playback;

/// <summary>
/// Sends browsers to a CloudFront distribution over the bucket, which lets in who bears our signature: in cookies, for pages and what they
/// load, where its host and ours share a domain; in the URL, for a single file. The signature covers one format of one recording.
/// <see href="https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-setting-signed-cookie-custom-policy.html"/>.
/// </summary>
internal sealed class CloudFront : IDisposable
{
    private const int MostGrants = 10_000;

    private readonly TimeSpan life;
    private readonly TimeProvider clock;
    private readonly Uri? site;
    private readonly string keyPair = "";
    private readonly RSA key = RSA.Create();
    private readonly Lock signing = new();
    private readonly ConcurrentDictionary<(string Format, string RecordId), Grant> grants = new();

    /// <summary>As CLOUDFRONT_URL, CF_KEY_PAIR_ID and CF_PRIVATE_KEY_B64 say.</summary>
    /// <exception cref="ArgumentException">The key is no PEM of an RSA key.</exception>
    public CloudFront(PlaybackSettings settings, TimeProvider clock)
    {
        (life, this.clock) = (settings.CookieLife, clock);
        if (settings.CloudFrontUrl is not { Length: > 0 } url) return;
        site = new Uri(url.TrimEnd('/'), UriKind.Absolute);
        keyPair = settings.CloudFrontKeyPair ?? "";
        key.ImportFromPem(settings.CloudFrontPrivateKey);
    }

    /// <summary>Whether a file is played from there: what is large, and pages where cookies reach it.</summary>
    /// <param name="host">The one that was asked.</param>
    public bool Takes(string host, string file, bool isLarge) =>
        site is not null && (isLarge || (ContentTypes.IsPage(file) && SharesDomain(host, site.Host, out _)));

    /// <summary>307 to a file of a published recording.</summary>
    /// <param name="file">Path below the format's folder.</param>
    public IResult Redirect(HttpContext http, string format, string recordId, string file)
    {
        var folder = $"{site!.AbsoluteUri.TrimEnd('/')}/published/{format}/{recordId}";
        var grant = GrantOf(folder, format, recordId);
        var url = $"{folder}/{PlaybackNames.Escape(file)}";
        if (!SharesDomain(http.Request.Host.Host, site.Host, out var domain))
        {
            return Redirects.To($"{url}?{grant.Query(keyPair)}");
        }

        // A path of its own for each recording: the cookies' names are given, so those of two recordings would replace each other.
        var options = new CookieOptions
        {
            Domain = domain,
            Path = new Uri(folder).AbsolutePath,
            Secure = true,
            HttpOnly = true,
            SameSite = SameSiteMode.None,
        };
        http.Response.Cookies.Append("CloudFront-Policy", grant.Policy, options);
        http.Response.Cookies.Append("CloudFront-Signature", grant.Signature, options);
        http.Response.Cookies.Append("CloudFront-Key-Pair-Id", keyPair, options);
        return Redirects.To(ContentTypes.IsPage(file) ? url : $"{url}?{grant.Query(keyPair)}");
    }

    public void Dispose() => key.Dispose();

    /// <summary>The longest domain that both hosts are in, as far as a cookie can be set for it; null where they are one host.</summary>
    private static bool SharesDomain(string ours, string theirs, out string? domain)
    {
        domain = null;
        if (ours.Equals(theirs, StringComparison.OrdinalIgnoreCase)) return true;
        if (IPAddress.TryParse(ours, out _) || IPAddress.TryParse(theirs, out _)) return false;
        var shared = ours.Split('.').Reverse().Zip(theirs.Split('.').Reverse())
            .TakeWhile(pair => pair.First.Equals(pair.Second, StringComparison.OrdinalIgnoreCase))
            .Select(pair => pair.Second)
            .Reverse().ToArray();
        if (shared.Length < 2) return false;
        domain = string.Join('.', shared);
        return true;
    }

    /// <summary>A signature is made once for all files of a page; it lasts at least half of its life from now on.</summary>
    private Grant GrantOf(string folder, string format, string recordId)
    {
        var now = clock.GetUtcNow();
        if (grants.TryGetValue((format, recordId), out var made) && made.EndsAt - now > life / 2) return made;
        if (grants.Count >= MostGrants) grants.Clear();
        return grants[(format, recordId)] = Sign($"{folder}/*", now + life);
    }

    private Grant Sign(string resource, DateTimeOffset endsAt)
    {
        // No spaces in it, as CloudFront demands.
        var policy = JsonSerializer.SerializeToUtf8Bytes(new JsonObject
        {
            ["Statement"] = new JsonArray(new JsonObject
            {
                ["Resource"] = resource,
                ["Condition"] = new JsonObject { ["DateLessThan"] = new JsonObject { ["AWS:EpochTime"] = endsAt.ToUnixTimeSeconds() } },
            }),
        });
        byte[] signature;
        lock (signing)
        {
#pragma warning disable CA5350 // CloudFront verifies RSA with SHA-1 where it is not told otherwise.
            signature = key.SignData(policy, HashAlgorithmName.SHA1, RSASignaturePadding.Pkcs1);
#pragma warning restore CA5350
        }

        return new Grant(Encode(policy), Encode(signature), endsAt);
    }

    /// <summary>Base64 without the characters that URLs and cookies cannot bear, by CloudFront's own table.</summary>
    private static string Encode(byte[] bytes) => Convert.ToBase64String(bytes).Replace('+', '-').Replace('=', '_').Replace('/', '~');

    private sealed record Grant(string Policy, string Signature, DateTimeOffset EndsAt)
    {
        public string Query(string keyPair) => $"Policy={Policy}&Signature={Signature}&Key-Pair-Id={Uri.EscapeDataString(keyPair)}";
    }
}
