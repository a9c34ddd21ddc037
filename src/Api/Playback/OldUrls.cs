using Scalelite.Api.Playback.Pages;

namespace Scalelite.Api.Playback;

/// <summary>Playback URLs of nodes and of older BBBs, which archives and bookmarks name; they lead where they lead on a Scalelite host (<c>bbb-api.md §6.3</c>).</summary>
internal static class OldUrls
{
    /// <summary>The first presentation player's page named no version.</summary>
    public static IResult FirstPlayer(PlaybackCall call) => Redirects.Moved("/playback/presentation/0.81/playback.html", call.Http.Request.QueryString);

    /// <summary>The player of BBB 2.0 to 2.2; today's plays its recordings.</summary>
    public static IResult SecondPlayer(PlaybackCall call) =>
        call.Http.Request.Query["meetingId"].ToString() is var recordId && PlaybackNames.IsName(recordId)
            ? Redirects.Moved($"{PresentationPlayer.Path}/{recordId}", call.Http.Request.QueryString)
            : FriendlyPage.NotFound;

    /// <summary>The rest of a path as a path below a format's: <c>/playback/video/{recordID}/…</c> is at <c>/video/{recordID}/…</c>.</summary>
    public static IResult Format(PlaybackCall call, string before, string format)
    {
        var rest = call.Path.Length > before.Length ? call.Path[(before.Length + 1)..] : "";
        if (!PlaybackNames.IsName(rest.Split('/', 2)[0]) || PlaybackNames.FileOf(rest) is null) return FriendlyPage.NotFound;
        return Redirects.To($"/{format}/{PlaybackNames.Escape(rest)}{(rest.Contains('/', StringComparison.Ordinal) ? "" : "/")}", call.Http.Request.QueryString);
    }
}
