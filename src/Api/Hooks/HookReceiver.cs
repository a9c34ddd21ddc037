using System.Data.Common;
using System.Text;
using Microsoft.AspNetCore.Http.Features;
using Scalelite.Workers.Hooks;

namespace Scalelite.Api.Hooks;

/// <summary><c>POST /bigbluebutton/hooks/{hook}/{server}/{mac}</c>: an event of a node's bbb-webhooks, which tries again after anything but 2xx and 401.</summary>
internal sealed partial class HookReceiver(HookRelay relay, ILogger<HookReceiver> log)
{
    /// <summary>Where it is.</summary>
    public const string Route = HookUrl.Path + "/{hook}/{server}/{mac}";

    private const string Bearer = "Bearer ";
    private const int LongestBody = 1 << 20;

    /// <summary>Answers the request: see <see cref="HookRelay.TakeAsync"/>; 413 for what is too long, 503 while PostgreSQL is away.</summary>
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
        catch (Exception away) when (away is DbException or TimeoutException)
        {
            Log.DatabaseAway(log, away.Message);
            http.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
        }
    }

    private async Task<int> TakeAsync(HttpContext http)
    {
        if (!Guid.TryParseExact(http.GetRouteValue("hook") as string, "D", out var hookId)) return StatusCodes.Status404NotFound;
        using var reader = new StreamReader(http.Request.Body, Encoding.UTF8, detectEncodingFromByteOrderMarks: false);
        var body = await reader.ReadToEndAsync(http.RequestAborted);
        var authorization = http.Request.Headers.Authorization.ToString();
        var request = http.Request;
        // From here on it is passed on, though the node may leave.
        return await relay.TakeAsync(
            new HookCall(
                hookId,
                http.GetRouteValue("server") as string ?? "",
                http.GetRouteValue("mac") as string,
                request.Query["checksum"] is [var checksum, ..] ? checksum : null,
                $"{request.Scheme}://{request.Host}{request.PathBase}{request.Path}",
                authorization.StartsWith(Bearer, StringComparison.Ordinal) ? authorization[Bearer.Length..] : null,
                body),
            CancellationToken.None);
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, Message = "An event of a hook was not taken: PostgreSQL is away: {Why}")]
        public static partial void DatabaseAway(ILogger logger, string why);
    }
}
