using System.Data.Common;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using Scalelite.Api.CommandLine.Remote;
using Scalelite.Api.Hosting;
using Scalelite.Api.Logging;
using Scalelite.Domain.AdminTokens;
using Scalelite.Projections.AdminTokens;
using Scalelite.Workers;
using Scalelite.Workers.Servers;

namespace Scalelite.Api.AdminV1;

/// <summary>
/// What stands at <c>/admin/api/v1</c> (<c>docs/admin-api-v1.md</c>): token, rate, role, query, version and body are checked in this order, then
/// the operation is asked. No secret of an LMS lets in.
/// </summary>
internal sealed partial class AdminV1Api(BearerTokens tokens, AdminV1Options options, TimeProvider clock, ILogger<AdminV1Api> log)
{
    /// <summary>The base path.</summary>
    public const string Path = "/admin/api/v1";

    private readonly CallRate<Guid> _rate = new(options.CallsPerMinute, clock);
    private readonly CallRate<string> _failures = new(options.FailuresPerMinute, clock);

    /// <summary>Answers a request for an operation.</summary>
    public Task AnswerAsync(HttpContext http, ApiOperation operation) =>
        AnswerAsync(http, operation.Id, (requestId, address) => AnswerAsync(http, operation, requestId, address));

    /// <summary>Answers a request for a path, or a method, that there is not.</summary>
    /// <param name="allowed">The methods of the path; empty where there is no such path.</param>
    public Task AnswerUnknownAsync(HttpContext http, IReadOnlyList<string> allowed) => AnswerAsync(http, "unknown", (_, _) => Task.FromResult(
        allowed.Count == 0
            ? ApiAnswer.Fails(ProblemKind.NotFound, $"The operations are described at {Path}/openapi.json")
            : ApiAnswer.Fails(ProblemKind.MethodNotAllowed, $"It knows {string.Join(", ", allowed)}") with { Allow = string.Join(", ", allowed) }));

    private async Task AnswerAsync(HttpContext http, string name, Func<string, string, Task<ApiAnswer>> ask)
    {
        var began = Stopwatch.GetTimestamp();
        var requestId = RequestId.Of(http);
        ApiAnswer? answer = null;
        try
        {
            answer = await ask(requestId, Address(http.Connection.RemoteIpAddress));
        }
        catch (Exception left) when (left is OperationCanceledException or IOException && http.RequestAborted.IsCancellationRequested)
        {
            // Nobody is there to be answered.
        }
        catch (StaleVersionException stale)
        {
            answer = ApiAnswer.Fails(ProblemKind.Stale, $"It is version {EntityTag.Of(stale.Now)} by now: read it again") with { Version = stale.Now };
        }
        catch (EventStreamUnexpectedMaxEventIdException)
        {
            answer = ApiAnswer.Fails(ProblemKind.Stale, "It was changed at this moment: read it again");
        }
        catch (BadHttpRequestException bad)
        {
            answer = ApiAnswer.Fails(ProblemKind.BadRequest, bad.Message);
        }
        catch (Exception away) when (away is DbException or TimeoutException)
        {
            Log.DatabaseAway(log, name, requestId, away.Message);
            answer = ApiAnswer.Fails(ProblemKind.Unavailable, "PostgreSQL does not answer") with { RetryAfter = TimeSpan.FromSeconds(5) };
        }
#pragma warning disable CA1031 // The caller gets a problem whatever happens; what happened is logged.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            Log.Failed(log, name, requestId, failure);
            answer = ApiAnswer.Fails(ProblemKind.Failed, "The log says more, under the request's id");
        }

        if (answer is not null)
        {
            try
            {
                await answer.SendAsync(http, requestId, http.RequestAborted);
            }
            catch (Exception left) when (left is OperationCanceledException or IOException && http.RequestAborted.IsCancellationRequested)
            {
                // The line in the log says what it would have been.
            }
        }

        log.Answered(new RequestLine(
            $"admin-v1 {name}", answer?.Status.ToString(CultureInfo.InvariantCulture) ?? "left", Stopwatch.GetElapsedTime(began), requestId));
    }

    private async Task<ApiAnswer> AnswerAsync(HttpContext http, ApiOperation operation, string requestId, string address)
    {
        ListedToken? token = null;
        if (operation.Role is { } role)
        {
            token = await tokens.FindAsync(http.Request.Headers.Authorization, http.RequestAborted);
            if (token is null) return NotLetIn(address);
            if (_rate.Take(token.Id) is { } wait)
                return ApiAnswer.Fails(ProblemKind.TooMany, $"A token may make {options.CallsPerMinute} calls a minute") with { RetryAfter = wait };
            if (token.Role < role)
            {
                return ApiAnswer.Fails(
                    ProblemKind.Forbidden, $"{operation.Id} needs the role {ListedToken.NameOf(role)}; the token has {ListedToken.NameOf(token.Role)}");
            }
        }

        if (WrongQuery(http.Request.Query, operation) is { } wrong) return ApiAnswer.Fails(ProblemKind.BadRequest, wrong);
        long? version = null;
        if (operation.NeedsVersion)
        {
            var given = http.Request.Headers.IfMatch;
            if (given.Count == 0) return ApiAnswer.Fails(ProblemKind.NoVersion, "Say in If-Match which ETag the change is meant for, or * for any");
            if (given.Count > 1 || !EntityTag.TryRead(given[0] ?? "", out version))
                return ApiAnswer.Fails(ProblemKind.Stale, "If-Match holds nothing that is an ETag of this API");
        }

        var body = await ApiBody.ReadAsync(http.Request, operation, http.RequestAborted);
        if (body.Problem is { } unreadable) return unreadable;
        var reasons = http.Request.Headers["X-Reason"];
        var reason = body.Reason ?? (reasons.Count == 1 ? reasons[0] : null);
        if (reasons.Count > 1 || (reason is not null && !RemoteOptions.IsReason(reason)))
            return ApiAnswer.Fails(ProblemKind.BadRequest, $"A reason is one line of up to {RemoteOptions.LongestReason} characters");
        var by = new ChangedBy(
            $"token:{token?.Name}", requestId, address, string.IsNullOrWhiteSpace(reason) ? null : reason.Trim(), version);
        return await operation.Answer(new ApiCall(http, body.Fields, by, token?.Role ?? AdminRole.Viewer));
    }

    /// <summary>A right token is let in however many wrong ones come from its address: nobody locks others out.</summary>
    private ApiAnswer NotLetIn(string address) => _failures.Take(address) is { } wait
        ? ApiAnswer.Fails(ProblemKind.TooMany, "Too many requests without a valid token came from this address") with { RetryAfter = wait }
        : ApiAnswer.Fails(ProblemKind.Unauthenticated, "Send Authorization: Bearer with a token that scalelite tokens add made and that is not over");

    private static string? WrongQuery(IQueryCollection query, ApiOperation operation)
    {
        foreach (var (name, values) in query)
        {
            if (operation.Query.FirstOrDefault(known => known.Name == name) is not { } parameter) return $"The query knows no {name}";
            if (values.Count != 1) return $"{name} is given more than once";
            if (parameter.WhyNot(values[0] ?? "") is { } why) return why;
        }

        return null;
    }

    private static string Address(IPAddress? address) =>
        (address is { IsIPv4MappedToIPv6: true } ? address.MapToIPv4() : address)?.ToString() ?? "unknown";

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, Message = "{Call} was not answered, request {CorrelationId}: PostgreSQL is away: {Why}")]
        public static partial void DatabaseAway(ILogger logger, string call, string? correlationId, string why);

        [LoggerMessage(Level = LogLevel.Error, Message = "{Call} failed, request {CorrelationId}")]
        public static partial void Failed(ILogger logger, string call, string? correlationId, Exception failure);
    }
}

/// <summary>How often the API may be called.</summary>
/// <param name="CallsPerMinute">ADMIN_API_RATE: of one token.</param>
/// <param name="FailuresPerMinute">Of one address, without a valid token.</param>
internal sealed record AdminV1Options(int CallsPerMinute, int FailuresPerMinute = 30);
