using System.Data.Common;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http.Features;
using Scalelite.Api.Calls;
using Scalelite.Api.Tenants;
using Scalelite.BigBlueButton.Tokens;
using Scalelite.Domain;
using Scalelite.Domain.Callbacks;
using Scalelite.Domain.Meetings;
using Scalelite.EventLog;
using Scalelite.Projections.Meetings;
using Scalelite.Workers.Callbacks;
using Scalelite.Workers.Configuration;
using Scalelite.Workers.Nodes;

namespace Scalelite.Api.Callbacks;

/// <summary>
/// <c>POST analytics_callback</c>: a node tells what it counted in a meeting (<c>bbb-api.md §5</c>). Its token must be signed by the node that ran
/// that internalMeetingID, which may have been removed since; the body goes on to the URL that the create named, by the outbox, signed anew and
/// with <c>customer</c>. 204 once it is kept, or where nobody wants it; 401 for any other token, which an unknown meeting is too; 400, 413 for what
/// is no such body; 503 while PostgreSQL is away.
/// </summary>
internal sealed partial class AnalyticsCall(
    InternalMeetings meetings,
    TenantDirectory tenants,
    CallbackRegister register,
    SecretVault vault,
    IDocumentStore store,
    IServiceScopeFactory scopes,
    TimeProvider time,
    ILogger<AnalyticsCall> log)
{
    /// <summary>Where it is.</summary>
    public const string Path = BbbApi.Path + "/analytics_callback";

    private const string Bearer = "Bearer ";
    private const int LongestBody = 16 << 20;
    private const int LongestId = 512;

    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false };

    /// <summary>Where a node is to call: PUBLIC_URL, else the host that the create came to. Behind URL_HOST there is TLS, as with Scalelite.</summary>
    public static string UrlOf(HttpContext create, HttpSettings settings) => settings.PublicUrl is { } known
        ? known + Path
        : $"{(settings.Host is null ? create.Request.Scheme : Uri.UriSchemeHttps)}://{create.Request.Host}{Path}";

    /// <summary>Answers the request.</summary>
    public async Task AnswerAsync(HttpContext http)
    {
        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit) limit.MaxRequestBodySize = LongestBody;
        http.Response.Headers.CacheControl = "no-store";
        try
        {
            http.Response.StatusCode = await TakeAsync(http);
        }
        catch (BadHttpRequestException bad)
        {
            http.Response.StatusCode = bad.StatusCode;
        }
        catch (JsonException)
        {
            http.Response.StatusCode = StatusCodes.Status400BadRequest;
        }
        catch (Exception away) when (away is DbException or TimeoutException)
        {
            Log.DatabaseAway(log, away.Message);
            http.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
        }
    }

    private async Task<int> TakeAsync(HttpContext http)
    {
        var authorization = http.Request.Headers.Authorization.ToString();
        if (!authorization.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase)) return StatusCodes.Status401Unauthorized;
        if (await JsonNode.ParseAsync(http.Request.Body, null, Strict, http.RequestAborted) is not JsonObject body) return StatusCodes.Status400BadRequest;
        if (body["internal_meeting_id"] is not JsonValue value || !value.TryGetValue<string>(out var id) || id.Length > LongestId || id.Contains('\0'))
            return StatusCodes.Status400BadRequest;

        var run = await meetings.FindAsync(id, http.RequestAborted);
        if (run is null || !await IsItsNodesAsync(run, authorization[Bearer.Length..].Trim(), http.RequestAborted))
        {
            Log.Refused(log, run?.ServerId ?? "nobody we know");
            return StatusCodes.Status401Unauthorized;
        }

        // From here on it is kept, though the node may leave: it asks once only.
        await OweAsync(run, body, CancellationToken.None);
        return StatusCodes.Status204NoContent;
    }

    private async Task<bool> IsItsNodesAsync(InternalMeeting run, string token, CancellationToken cancellation)
    {
        var secrets = await vault.OpenAsync(run.ServerId, NodeSecrets.Kind, cancellation);
        return JsonWebToken.Verify(token, [.. secrets.Select(secret => secret.Value)], time.GetUtcNow(), TokenAlgorithm.HS512) is not null;
    }

    private async Task OweAsync(InternalMeeting run, JsonObject body, CancellationToken cancellation)
    {
        await using var session = store.LightweightSession();
        session.SetHeader("actor", $"node:{run.ServerId}");
        var placed = (await session.Events.FetchStreamAsync(Streams.Meeting(run.Instance), token: cancellation)).Select(e => e.Data).OfType<MeetingPlaced>().LastOrDefault();
        var fingerprint = placed?.Callbacks?.GetValueOrDefault(CallbackMetadata.Analytics);
        // A meeting of another load balancer whose place we took named its URL there.
        var url = fingerprint is null
            ? await InheritedCallbacks.FindAsync(vault, run.MeetingId, [CallbackMetadata.Analytics], cancellation)
            : (await vault.OpenAsync(run.Instance.ToString(), RunCallbacks.Kind(CallbackMetadata.Analytics), cancellation))
                .FirstOrDefault(url => url.Fingerprint == fingerprint)?.Value;
        if (url is null) return;

        body["customer"] = await tenants.FindAsync(run.TenantId, cancellation) is { Name.Length: > 0 } tenant ? tenant.Name : "scalelite";
        var json = body.ToJsonString();
        // A node that says the same again, or whoever heard it and repeats it, changes nothing.
        var owed = new OwedCallback(
            CallbackId.Of("analytics", run.Instance, Convert.ToHexString(SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(json)))), CallbackKind.Analytics, url)
        {
            TenantId = run.TenantId,
            Instance = run.Instance,
            MeetingId = run.MeetingId,
            Body = json,
            SignerFingerprint = fingerprint is null ? null : placed?.SignerFingerprint,
        };
        try
        {
            if (await register.AddAsync(session, owed, cancellation) is not { } due) return;
            await session.SaveChangesAsync(cancellation);
            await using var scope = scopes.CreateAsyncScope();
            await scope.ServiceProvider.GetRequiredService<IMessageBus>().PublishAsync(due);
        }
        catch (ExistingStreamIdCollisionException)
        {
            // It came twice at once.
        }
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, Message = "Analytics were refused: their token is not signed with the secret of the node that ran the meeting ({Server})")]
        public static partial void Refused(ILogger logger, string server);

        [LoggerMessage(Level = LogLevel.Warning, Message = "Analytics were not taken: PostgreSQL is away: {Why}")]
        public static partial void DatabaseAway(ILogger logger, string why);
    }
}
