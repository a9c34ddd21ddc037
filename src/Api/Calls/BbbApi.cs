using System.Data.Common;
using System.Diagnostics;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Net.Http.Headers;
using Scalelite.Api.Hosting;
using Scalelite.Api.Logging;
using Scalelite.Api.Metrics;
using Scalelite.Api.Tenants;
using Scalelite.BigBlueButton.Answers;
using Scalelite.BigBlueButton.Checksums;

namespace Scalelite.Api.Calls;

/// <summary>
/// What stands at <c>/bigbluebutton/api</c>: finds the call, checks method, content type and checksum, and answers everything
/// with status 200, as clients expect (<c>bbb-api.md §1</c>).
/// </summary>
internal sealed partial class BbbApi
{
    /// <summary>The base path.</summary>
    public const string Path = "/bigbluebutton/api";

    private const long LongestForm = 1 << 20;

    private readonly Dictionary<string, IBbbCall> calls;
    private readonly TenantDirectory tenants;
    private readonly ChecksumAlgorithms algorithms;
    private readonly ReadOnlyMemory<byte> root;
    private readonly CallMetrics metrics;
    private readonly TimeProvider clock;
    private readonly ILogger<BbbApi> log;

    /// <summary>The API of these calls.</summary>
    public BbbApi(IEnumerable<IBbbCall> calls, TenantDirectory tenants, BbbApiOptions options, CallMetrics metrics, TimeProvider clock, ILogger<BbbApi> log)
    {
        this.calls = calls.ToDictionary(call => call.Name, StringComparer.Ordinal);
        this.tenants = tenants;
        algorithms = options.Algorithms;
        root = BbbXml.Version(options.BuildNumber);
        this.metrics = metrics;
        this.clock = clock;
        this.log = log;
    }

    /// <summary>Answers a request below <see cref="Path"/>.</summary>
    public async Task AnswerAsync(HttpContext http)
    {
        var began = Stopwatch.GetTimestamp();
        var correlation = RequestId.Of(http);
        var name = Name(http.Request.Path);
        CallRequest? request = null;
        CallAnswer answer;
        try
        {
            (request, answer) = await AnswerAsync(http, name, correlation);
        }
        catch (Exception left) when (left is OperationCanceledException or IOException && http.RequestAborted.IsCancellationRequested)
        {
            answer = CallAnswer.Nobody;
        }
        catch (Exception away) when (away is DbException or TimeoutException)
        {
            Log.DatabaseAway(log, name, correlation, away.Message);
            answer = CallAnswer.Failed(BbbErrors.Internal("The database of the load balancer is not available."));
        }
#pragma warning disable CA1031 // The caller gets XML whatever happens; what happened is logged.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            Log.Failed(log, name, correlation, failure);
            answer = CallAnswer.Failed(BbbErrors.Internal("Unable to answer the request."));
        }

        await SendAsync(answer, http);
        var (call, elapsed) = (name.Length == 0 ? "root" : name, Stopwatch.GetElapsedTime(began));
        metrics.Count(call, answer.Outcome, elapsed);
        log.Answered(new RequestLine(call, answer.Outcome, elapsed, correlation)
        {
            TenantId = request?.TenantId,
            MeetingId = request?.MeetingId,
            InternalMeetingId = request?.InternalMeetingId,
            ServerId = request?.ServerId,
        });
    }

    /// <summary>A caller that leaves meanwhile is no error.</summary>
    private static async Task SendAsync(CallAnswer answer, HttpContext http)
    {
        try
        {
            http.Response.Headers.CacheControl = "no-cache";
            await answer.SendAsync(http.Response, http.RequestAborted);
        }
        catch (Exception left) when (left is OperationCanceledException or IOException && http.RequestAborted.IsCancellationRequested)
        {
            // The line in the log says what it would have been.
        }
    }

    private async Task<(CallRequest? Request, CallAnswer Answer)> AnswerAsync(HttpContext http, string name, string correlation)
    {
        var cancellation = http.RequestAborted;
        if (name.Length == 0)
        {
            return (null, CallAnswer.Success(root));
        }

        if (!calls.TryGetValue(name, out var call) || !Takes(call, http.Request.Method))
        {
            return (null, CallAnswer.Failed(BbbErrors.UnsupportedRequest));
        }

        var posts = HttpMethods.IsPost(http.Request.Method);
        var hasBody = posts && (http.Request.ContentLength > 0 || http.Request.Headers.TransferEncoding.Count > 0);
        var isXml = false;
        if (hasBody)
        {
            var mediaType = MediaType(http.Request.ContentType);
            isXml = mediaType is "application/xml" or "text/xml";
            var isForm = mediaType is "application/x-www-form-urlencoded" or "multipart/form-data";
            if (!(isXml && call.Methods.HasFlag(CallMethods.PostXml)) && !(isForm && call.Methods.HasFlag(CallMethods.Post)))
            {
                return (null, call.Failed(BbbErrors.UnsupportedContentType));
            }
        }

        var query = RawQuery.OfTarget(http.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget);
        if (call.BeforeChecksum(query) is { } wrong)
        {
            return (null, wrong);
        }

        // A name that is no tenant's is answered like a wrong checksum: who guesses names learns nothing.
        var tenant = await tenants.OfAsync(http, cancellation);
        var verdict = tenant is null ? default : Checksum.Verify(name, query, tenant.Secrets, algorithms);
        if (tenant is null || !verdict.IsRight)
        {
            return (null, call.Failed(BbbErrors.ChecksumFailed));
        }

        if (hasBody && !isXml && !call.ReadsForm && !await DrainAsync(http.Request.Body, cancellation))
        {
            return (null, CallAnswer.Failed(BbbErrors.UnsupportedContentType));
        }

        var request = new CallRequest(http, query, tenant, correlation, clock.GetUtcNow())
        {
            HasXmlBody = isXml,
            SignedWith = new SigningSecret(tenant.Secrets[verdict.Secret]),
        };
        return (request, await call.AnswerAsync(request, cancellation));
    }

    /// <summary>In lower case and without its parameters, of which some clients send odd ones.</summary>
    private static string MediaType(string? contentType) => (contentType ?? "").Split(';', 2)[0].Trim().ToLowerInvariant();

    private static bool Takes(IBbbCall call, string method) =>
        HttpMethods.IsGet(method) || HttpMethods.IsHead(method) ? call.Methods.HasFlag(CallMethods.Get)
        : HttpMethods.IsPost(method) && (call.Methods & (CallMethods.Post | CallMethods.PostXml)) != 0;

    /// <summary>The call's name; a slash at the end, as some clients send it, does no harm.</summary>
    private static string Name(PathString path) =>
        path.StartsWithSegments(Path, out var rest) ? (rest.Value ?? "").Trim('/') : "";

    /// <summary>Reads a form to its end; false where it is longer than any form has to be.</summary>
    private static async Task<bool> DrainAsync(Stream body, CancellationToken cancellation)
    {
        var buffer = new byte[16 * 1024];
        long total = 0;
        int read;
        while ((read = await body.ReadAsync(buffer, cancellation)) > 0)
        {
            if ((total += read) > LongestForm)
            {
                return false;
            }
        }

        return true;
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, Message = "{Call} was not answered, request {CorrelationId}: PostgreSQL is away: {Why}")]
        public static partial void DatabaseAway(ILogger logger, string call, string correlationId, string why);

        [LoggerMessage(Level = LogLevel.Error, Message = "{Call} failed, request {CorrelationId}")]
        public static partial void Failed(ILogger logger, string call, string correlationId, Exception failure);
    }
}

/// <summary>How calls are signed, and what the root says.</summary>
/// <param name="Algorithms">LOADBALANCER_CHECKSUM_ALGORITHM.</param>
/// <param name="BuildNumber">BUILD_NUMBER; null leaves it out.</param>
internal sealed record BbbApiOptions(ChecksumAlgorithms Algorithms, string? BuildNumber);
