using System.Data.Common;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Http.Features;
using Scalelite.Api.Hosting;
using Scalelite.Api.Logging;
using Scalelite.BigBlueButton.Answers;
using Scalelite.BigBlueButton.Checksums;
using Scalelite.Workers.Servers;
using Scalelite.Workers.Tenants;

namespace Scalelite.Api.Admin;

/// <summary>
/// What stands at <c>/scalelite/api</c>: Scalelite's admin API (<c>docs/admin-api.md</c>). Checks method, content type, checksum and
/// body, in this order, and finds the call.
/// </summary>
internal sealed partial class AdminApi(ServerCalls servers, TenantCalls tenants, AdminApiOptions options, ILogger<AdminApi> log)
{
    /// <summary>The base path.</summary>
    public const string Path = "/scalelite/api";

    private const int LongestBody = 64 * 1024;

    private static readonly BbbError BodyHashMissing = new(BbbErrors.ChecksumFailed.Key, "You must provide bodyHash, the SHA-256 of the body");
    private static readonly BbbError BodyHashWrong = new(BbbErrors.ChecksumFailed.Key, "bodyHash is not the SHA-256 of the body");

    private readonly Dictionary<string, AdminCall> calls = servers.All.Concat(tenants.All).ToDictionary(call => call.Name, StringComparer.Ordinal);

    /// <summary>Answers a request below <see cref="Path"/>.</summary>
    public async Task AnswerAsync(HttpContext http)
    {
        var began = Stopwatch.GetTimestamp();
        var by = new ChangedBy("admin-api", RequestId.Of(http), Address(http.Connection.RemoteIpAddress));
        var name = http.Request.Path.StartsWithSegments(Path, out var rest) ? (rest.Value ?? "").Trim('/') : "";
        string? id = null;
        AdminAnswer? answer = null;
        try
        {
            (id, answer) = await AnswerAsync(http, name, by);
        }
        catch (Exception left) when (left is OperationCanceledException or IOException && http.RequestAborted.IsCancellationRequested)
        {
            // Nobody is there to be answered.
        }
        catch (BadHttpRequestException bad)
        {
            answer = AdminAnswer.Error(bad.StatusCode, bad.Message);
        }
        catch (Exception away) when (away is DbException or TimeoutException)
        {
            Log.DatabaseAway(log, name, by.CorrelationId, away.Message);
            answer = AdminAnswer.Error(StatusCodes.Status503ServiceUnavailable, "The database of the load balancer is not available");
        }
#pragma warning disable CA1031 // The caller gets JSON whatever happens; what happened is logged.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            Log.Failed(log, name, by.CorrelationId, failure);
            answer = AdminAnswer.Error(StatusCodes.Status500InternalServerError, "Unable to answer the request");
        }

        if (answer is not null) await SendAsync(answer, http);
        log.Answered(new RequestLine(name, answer?.Outcome ?? "left", Stopwatch.GetElapsedTime(began), by.CorrelationId!)
        {
            ServerId = calls.GetValueOrDefault(name) is { Wrapper: "server" } ? id : null,
            TenantId = calls.GetValueOrDefault(name) is { Wrapper: "tenant" } ? id : null,
        });
    }

    private static async Task SendAsync(AdminAnswer answer, HttpContext http)
    {
        try
        {
            await answer.SendAsync(http.Response, http.RequestAborted);
        }
        catch (Exception left) when (left is OperationCanceledException or IOException && http.RequestAborted.IsCancellationRequested)
        {
            // The line in the log says what it would have been.
        }
    }

    private async Task<(string? Id, AdminAnswer Answer)> AnswerAsync(HttpContext http, string name, ChangedBy by)
    {
        var posts = HttpMethods.IsPost(http.Request.Method);
        if (!calls.TryGetValue(name, out var call) || !(call.Posts ? posts : HttpMethods.IsGet(http.Request.Method) || HttpMethods.IsHead(http.Request.Method)))
        {
            return (null, AdminAnswer.Failed(BbbErrors.UnsupportedRequest));
        }

        var hasBody = posts && (http.Request.ContentLength > 0 || http.Request.Headers.TransferEncoding.Count > 0);
        if (hasBody && !IsJson(http.Request.ContentType))
        {
            return (null, AdminAnswer.Failed(BbbErrors.UnsupportedContentType));
        }

        var query = RawQuery.OfTarget(http.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget);
        if (!Checksum.Verify(name, query, options.Secrets, options.Algorithms).IsRight)
        {
            return (null, AdminAnswer.Failed(BbbErrors.ChecksumFailed));
        }

        var bodyHash = query["bodyHash"];
        if (posts && bodyHash is null && options.RequiresBodyHash)
        {
            return (null, AdminAnswer.Failed(BodyHashMissing));
        }

        if (await ReadAsync(http.Request, hasBody) is not { } bytes)
        {
            return (null, AdminAnswer.Error(StatusCodes.Status413PayloadTooLarge, $"The body is longer than {LongestBody} bytes"));
        }

        if (posts && bodyHash is not null && !bodyHash.Equals(Convert.ToHexString(SHA256.HashData(bytes.Span)), StringComparison.OrdinalIgnoreCase))
        {
            return (null, AdminAnswer.Failed(BodyHashWrong));
        }

        return AdminBody.Read(bytes.Span, call.Wrapper) is { } body
            ? await AnswerAsync(call, query, body, by, http)
            : (null, AdminAnswer.Error(StatusCodes.Status400BadRequest, "The body is not a JSON object"));
    }

    private static async Task<(string? Id, AdminAnswer Answer)> AnswerAsync(
        AdminCall call, RawQuery query, AdminBody body, ChangedBy by, HttpContext http)
    {
        var (signed, inBody) = (query["id"], body.Id());
        if (signed is not null && inBody is not null && signed != inBody)
        {
            // Which one would hold could be chosen by whoever changes the body, which the checksum does not cover.
            return (null, AdminAnswer.Error(StatusCodes.Status400BadRequest, "The id of the query and that of the body differ"));
        }

        if (body.Problem is { } why)
        {
            return (null, AdminAnswer.Error(StatusCodes.Status400BadRequest, why));
        }

        var request = new AdminRequest(
            signed ?? inBody ?? "", query["removable"] == "true", body, by, http.RequestServices.GetRequiredService<ServerOperations>(),
            http.RequestServices.GetRequiredService<TenantOperations>(), http.RequestAborted);
        return (request.Id, await call.Answer(request));
    }

    private static bool IsJson(string? contentType) =>
        (contentType ?? "").Split(';', 2)[0].Trim().Equals("application/json", StringComparison.OrdinalIgnoreCase);

    /// <summary>The body; null where it is too long.</summary>
    private static async Task<ReadOnlyMemory<byte>?> ReadAsync(HttpRequest request, bool hasBody)
    {
        if (!hasBody) return ReadOnlyMemory<byte>.Empty;
        if (request.ContentLength > LongestBody) return null;

        // Sent in chunks it does not tell its length.
        var buffer = new byte[LongestBody + 1];
        var length = await request.Body.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, request.HttpContext.RequestAborted);
        if (length > LongestBody) return null;
        return buffer.AsMemory(0, length);
    }

    private static string? Address(IPAddress? address) =>
        address is { IsIPv4MappedToIPv6: true } ? address.MapToIPv4().ToString() : address?.ToString();

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, Message = "{Call} was not answered, request {CorrelationId}: PostgreSQL is away: {Why}")]
        public static partial void DatabaseAway(ILogger logger, string call, string? correlationId, string why);

        [LoggerMessage(Level = LogLevel.Error, Message = "{Call} failed, request {CorrelationId}")]
        public static partial void Failed(ILogger logger, string call, string? correlationId, Exception failure);
    }
}

/// <summary>Who may call, and what is shown.</summary>
/// <param name="Secrets">LOADBALANCER_ADMIN_SECRET, else LOADBALANCER_SECRET; empty where neither is set, and nobody may call.</param>
/// <param name="Algorithms">LOADBALANCER_CHECKSUM_ALGORITHM.</param>
/// <param name="RequiresBodyHash">ADMIN_API_REQUIRES_BODY_HASH.</param>
/// <param name="ShowsSecrets">ADMIN_API_SHOWS_SECRETS.</param>
/// <param name="MinimumUsers">LOAD_MIN_USER_COUNT.</param>
/// <param name="JoinBuffer">LOAD_JOIN_BUFFER_TIME.</param>
internal sealed record AdminApiOptions(
    IReadOnlyList<string> Secrets, ChecksumAlgorithms Algorithms, bool RequiresBodyHash, bool ShowsSecrets, int MinimumUsers, TimeSpan JoinBuffer);
