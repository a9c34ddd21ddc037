using System.Data.Common;
using Scalelite.Workers.Callbacks.Ends;

namespace Scalelite.Api.Callbacks;

/// <summary>
/// <c>GET end_callback/{instance}/{mac}</c>: a node says that a meeting ended (<c>bbb-api.md §5</c>). 204 once that is kept; 404, and nothing
/// happens, where the MAC is not that of a run on the server that it is on; 503 while PostgreSQL is away, and the node calls again.
/// </summary>
internal sealed partial class EndCallback(EndCalls calls, ILogger<EndCallback> log)
{
    /// <summary>Where it is.</summary>
    public const string Route = EndCallbackUrl.Path + "/{instance}/{mac}";

    /// <summary>Answers the request.</summary>
    public async Task AnswerAsync(HttpContext http)
    {
        http.Response.Headers.CacheControl = "no-store";
        try
        {
            var recordingMarks = http.Request.Query["recordingmarks"] is [var marks, ..] && marks == "true";
            var heard = Guid.TryParseExact(http.GetRouteValue("instance") as string, "D", out var instance)
                && await calls.HearAsync(instance, http.GetRouteValue("mac") as string, recordingMarks, http.RequestAborted);
            http.Response.StatusCode = heard ? StatusCodes.Status204NoContent : StatusCodes.Status404NotFound;
        }
        catch (Exception away) when (away is DbException or TimeoutException)
        {
            Log.DatabaseAway(log, away.Message);
            http.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, Message = "That a meeting ended was not taken: PostgreSQL is away: {Why}")]
        public static partial void DatabaseAway(ILogger logger, string why);
    }
}
