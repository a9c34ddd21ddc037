using System.Data.Common;
using System.Diagnostics;
using System.Globalization;
using Scalelite.Api.Hosting;
using Scalelite.Api.Logging;
using Scalelite.Api.Playback.Pages;
using Scalelite.Api.Tenants;

namespace Scalelite.Api.Playback;

/// <summary>What stands at the paths of recordings: finds the tenant, lets the right one answer, and logs a line without query or file name.</summary>
internal sealed partial class PlaybackEndpoints(
    TenantDirectory tenants, RecordingDoor door, FormatFiles files, CaptionFiles captions, PresentationPlayer player, ILogger<PlaybackEndpoints> log)
{
    private const string Video = "/playback/video";
    private const string Screenshare = "/recording/screenshare";

    private static readonly string[] Methods = [HttpMethods.Get, HttpMethods.Head];

    /// <summary>Maps every path of playback. Those of the API are longer literals and win over <c>/{format}/{recordID}</c>.</summary>
    public void Map(IEndpointRouteBuilder app)
    {
        Map("/recording/{recordId}/{format}", "play", door.AnswerAsync);
        Map("/{format}/{recordId}/{**file}", "file", files.AnswerAsync);
        Map("/captions/{token}/{recordId}/{track}", "captions", captions.AnswerAsync);
        Map($"{PresentationPlayer.Path}/{{**file}}", "player", call => Task.FromResult(player.Answer(call)));
        Map("/playback/presentation/0.81/{**file}", "player", _ => Task.FromResult<IResult>(FriendlyPage.NoPlayer));
        Map("/playback/presentation/0.9.0/{**file}", "player", _ => Task.FromResult<IResult>(FriendlyPage.NoPlayer));
        Map("/playback/presentation/playback.html", "moved", call => Task.FromResult(OldUrls.FirstPlayer(call)));
        Map("/playback/presentation/2.0/playback.html", "moved", call => Task.FromResult(OldUrls.SecondPlayer(call)));
        Map($"{Video}/{{**rest}}", "moved", call => Task.FromResult(OldUrls.Format(call, Video, "video")));
        Map($"{Screenshare}/{{**rest}}", "moved", call => Task.FromResult(OldUrls.Format(call, Screenshare, "screenshare")));

        void Map(string pattern, string name, Func<PlaybackCall, Task<IResult>> answer) =>
            app.MapMethods(pattern, Methods, (RequestDelegate)(http => AnswerAsync(http, name, answer)));
    }

    private async Task AnswerAsync(HttpContext http, string name, Func<PlaybackCall, Task<IResult>> answer)
    {
        var began = Stopwatch.GetTimestamp();
        var correlation = http.TraceIdentifier = RequestId.Of(http);
        PlaybackCall? call = null;
        var outcome = "left";
        try
        {
            http.Response.Headers.XContentTypeOptions = "nosniff";
            var result = await ResultAsync();
            await result.ExecuteAsync(http);
            outcome = http.Response.StatusCode.ToString(CultureInfo.InvariantCulture);
        }
        catch (Exception left) when (left is OperationCanceledException or IOException && http.RequestAborted.IsCancellationRequested)
        {
            // Players break off what they do not need; the line says so.
        }
        catch (Exception failure) when (http.Response.HasStarted)
        {
            // The length was promised: the connection is broken, so that nobody takes a part for the whole.
            Log.Failed(log, name, correlation, failure);
            outcome = "broken";
            http.Abort();
        }

        log.Answered(new RequestLine(name, outcome, Stopwatch.GetElapsedTime(began), correlation)
        {
            TenantId = call?.TenantId,
            InternalMeetingId = call?.RecordId,
        });

        async Task<IResult> ResultAsync()
        {
            try
            {
                var tenant = await tenants.OfAsync(http, http.RequestAborted);
                call = new PlaybackCall(http, tenant?.Id, tenants.IsCommonHost(http), correlation);
                return await answer(call);
            }
            catch (Exception left) when (left is OperationCanceledException or IOException && http.RequestAborted.IsCancellationRequested)
            {
                throw;
            }
            catch (Exception away) when (away is DbException or TimeoutException)
            {
                Log.DatabaseAway(log, name, correlation, away.Message);
                return FriendlyPage.Unavailable;
            }
#pragma warning disable CA1031 // A person gets a page whatever happens; what happened is logged.
            catch (Exception failure)
#pragma warning restore CA1031
            {
                Log.Failed(log, name, correlation, failure);
                return FriendlyPage.Unavailable;
            }
        }
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, Message = "{Call} was not answered, request {CorrelationId}: PostgreSQL is away: {Why}")]
        public static partial void DatabaseAway(ILogger logger, string call, string correlationId, string why);

        [LoggerMessage(Level = LogLevel.Error, Message = "{Call} failed, request {CorrelationId}")]
        public static partial void Failed(ILogger logger, string call, string correlationId, Exception failure);
    }
}
