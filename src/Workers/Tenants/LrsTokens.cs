using System.Collections.Concurrent;
using System.Net;
using System.Text.Json;
using Microsoft.Extensions.Logging;

namespace Scalelite.Workers.Tenants;

/// <summary>
/// Tokens for learning record stores, from the tenants' OIDC servers by password grant. One is used for its life, and the next is fetched
/// before it ends; creates that come at once share a fetch. A server that is away is asked again after a while, never by each create.
/// </summary>
public sealed partial class LrsTokens : IDisposable
{
    private const int LongestAnswer = 64 * 1024;

    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Again = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan UnknownLife = TimeSpan.FromSeconds(60);

    private readonly ConcurrentDictionary<(string TenantId, string TokenUrl, string Fingerprint), Source> _sources = new();
    private readonly HttpClient _http;
    private readonly TimeProvider _clock;
    private readonly ILogger<LrsTokens> _log;

    /// <summary>Without a token yet.</summary>
    public LrsTokens(TimeProvider clock, ILogger<LrsTokens> log)
    {
        (_clock, _log) = (clock, log);
        _http = new HttpClient(new SocketsHttpHandler
        {
            // Credentials go where the operator said, and nowhere else.
            AllowAutoRedirect = false,
            UseCookies = false,
            PooledConnectionLifetime = TimeSpan.FromMinutes(1),
        })
        {
            Timeout = Longest,
            MaxResponseContentBufferSize = LongestAnswer,
        };
    }

    /// <summary>A token, fetched if there is none; null where there is none in time. Never throws.</summary>
    /// <param name="lrs">With a token URL.</param>
    /// <param name="wait">The longest that the caller waits.</param>
    public async Task<string?> FindAsync(Lrs lrs, TimeSpan wait)
    {
        var source = _sources.GetOrAdd((lrs.TenantId, lrs.TokenUrl!, lrs.Fingerprint), static _ => new Source());
        Task fetching;
        lock (source)
        {
            var now = _clock.GetUtcNow();
            if (source.Fetching is null && now >= source.FetchAgainAt)
            {
                source.Fetching = Task.Run(() => FetchAsync(lrs, source));
                source.FetchingSince = now;
            }

            if (source.Token is { } token && now < source.EndsAt) return token;
            if (source.Fetching is null) return null;
            fetching = source.Fetching;

            // What the first has waited for in vain the others need not.
            wait -= now - source.FetchingSince;
            if (wait <= TimeSpan.Zero) return null;
        }

        try
        {
            await fetching.WaitAsync(wait, _clock);
        }
        catch (TimeoutException)
        {
            Log.Late(_log, lrs.TenantId, wait.TotalSeconds);
            return null;
        }

        lock (source)
        {
            return _clock.GetUtcNow() < source.EndsAt ? source.Token : null;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    private async Task FetchAsync(Lrs lrs, Source source)
    {
        (string Token, TimeSpan Life)? fetched = null;
        try
        {
            fetched = await AskAsync(lrs);
        }
#pragma warning disable CA1031 // No token is no reason to fail anything; the log says why there is none.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            Log.NoToken(_log, lrs.TenantId, failure.Message);
        }

        lock (source)
        {
            source.Fetching = null;
            var now = _clock.GetUtcNow();
            if (fetched is { } got)
            {
                source.Token = got.Token;
                source.EndsAt = now + got.Life;
                // The next one is there before this one's last fifth is over.
                source.FetchAgainAt = now + (got.Life * 0.8);
            }
            else
            {
                source.FetchAgainAt = now + Again;
            }
        }
    }

    private async Task<(string Token, TimeSpan Life)?> AskAsync(Lrs lrs)
    {
        using var form = new FormUrlEncodedContent(new Dictionary<string, string>
        {
            ["client_id"] = lrs.Credentials.ClientId ?? "",
            ["client_secret"] = lrs.Credentials.ClientSecret ?? "",
            ["username"] = lrs.Credentials.UserName,
            ["password"] = lrs.Credentials.Password,
            ["grant_type"] = "password",
        });
        using var answer = await _http.PostAsync(new Uri(lrs.TokenUrl!), form);
        if (answer.StatusCode != HttpStatusCode.OK)
        {
            Log.NoToken(_log, lrs.TenantId, $"the OIDC server answered {(int)answer.StatusCode}");
            return null;
        }

        using var json = JsonDocument.Parse(await answer.Content.ReadAsByteArrayAsync());
        if (!json.RootElement.TryGetProperty("access_token", out var token) || token.GetString() is not { Length: > 0 } text)
        {
            Log.NoToken(_log, lrs.TenantId, "the OIDC server's answer has no access_token");
            return null;
        }

        return (text, json.RootElement.TryGetProperty("expires_in", out var life) && life.TryGetDouble(out var seconds) && seconds > 0
            ? TimeSpan.FromSeconds(Math.Min(seconds, TimeSpan.FromDays(1).TotalSeconds))
            : UnknownLife);
    }

    private sealed class Source
    {
        public string? Token { get; set; }

        public DateTimeOffset EndsAt { get; set; }

        public DateTimeOffset FetchAgainAt { get; set; }

        public Task? Fetching { get; set; }

        public DateTimeOffset FetchingSince { get; set; }
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, Message = "There is no token for the LRS of tenant {TenantId}, whose meetings do not report to it: {Why}")]
        public static partial void NoToken(ILogger logger, string tenantId, string why);

        [LoggerMessage(Level = LogLevel.Warning, Message = "The token for the LRS of tenant {TenantId} was not there after {Seconds:0.#} s: a meeting does not report to it")]
        public static partial void Late(ILogger logger, string tenantId, double seconds);
    }
}
