using Scalelite.Api.Playback.Pages;
using Scalelite.Workers.Configuration;

namespace Scalelite.Api.Playback;

/// <summary>
/// The presentation player, BBB's bbb-playback: static files out of PRESENTATION_PLAYER_DIR, which come with BBB and not with this program.
/// Its one page reads the recording's id from the URL and asks <c>/presentation/{recordID}/…</c> for the rest.
/// </summary>
internal sealed partial class PresentationPlayer(PlaybackSettings settings, ILogger<PresentationPlayer> log)
{
    /// <summary>Where it is, below the site.</summary>
    public const string Path = "/playback/presentation/2.3";

    private const string Page = "index.html";

    private int missed;

    /// <summary>A file of the player, its page for any other path, or the page that says that there is no player.</summary>
    public IResult Answer(PlaybackCall call)
    {
        if (settings.PlayerFolder is { } folder)
        {
            var rest = call.Path.Length > Path.Length ? call.Path[(Path.Length + 1)..] : "";
            if (PlaybackNames.FileOf(rest) is not { } file) return FriendlyPage.NotFound;
            call.Http.Response.Headers.CacheControl = FileAnswer.ForEverybody;
            if (FileAnswer.Open(System.IO.Path.Combine(folder, file), linkFree: 0) is { } asset) return asset;
            if (ContentTypes.IsKnown(file) && file == rest) return FriendlyPage.NotFound;
            if (FileAnswer.Open(System.IO.Path.Combine(folder, Page), linkFree: 0) is { } page) return page;
        }

        if (Interlocked.Exchange(ref missed, 1) == 0) Log.NoPlayer(log, settings.PlayerFolder ?? "not set");
        return FriendlyPage.NoPlayer;
    }

    private static partial class Log
    {
        [LoggerMessage(
            Level = LogLevel.Warning,
            Message = "Somebody wants to watch a presentation, but there is no player: PRESENTATION_PLAYER_DIR is {Folder}; it must name the folder of bbb-playback's index.html")]
        public static partial void NoPlayer(ILogger logger, string folder);
    }
}
