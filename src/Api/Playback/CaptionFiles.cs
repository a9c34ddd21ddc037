using Scalelite.Api.Playback.Pages;
using Scalelite.Projections.Recordings;

namespace Scalelite.Api.Playback;

/// <summary>
/// Text tracks at <c>/captions/{token}/{recordID}/{kind}_{lang}.vtt</c>, where getRecordingTextTracks leads: <c>caption_{lang}.vtt</c> of the
/// presentation, or of the video where the recording has no presentation.
/// </summary>
internal sealed class CaptionFiles(PlayableFormats formats, FormatFiles files, ProtectedLinks links)
{
    private const string Ending = ".vtt";

    /// <summary>A track, or the page that says that there is none, or that the link's time is over.</summary>
    public async Task<IResult> AnswerAsync(PlaybackCall call)
    {
        var (token, recordId, track) = (call["token"], call["recordId"], call["track"]);
        if (!PlaybackNames.IsName(recordId) || !track.EndsWith(Ending, StringComparison.Ordinal)) return FriendlyPage.NotFound;
        if (track[..^Ending.Length].Split('_', 2) is not [("captions" or "subtitles") and var kind, var lang] || !PlaybackNames.IsName(lang)) return FriendlyPage.NotFound;
        call.RecordId = recordId;
        var (format, found) = await FindAsync(call, recordId);
        if (found is null) return FriendlyPage.NotFound;
        return links.VerifyCaptions(token, found.TenantId, recordId, kind, lang) switch
        {
            LinkVerdict.Valid => await files.SendAsync(call, found, format, recordId, $"caption_{lang}{Ending}"),
            LinkVerdict.Expired => FriendlyPage.Expired,
            _ => FriendlyPage.NotFound,
        };
    }

    private async Task<(string Format, PlayedFormat? Found)> FindAsync(PlaybackCall call, string recordId)
    {
        foreach (var format in (string[])["presentation", "video"])
        {
            if (await formats.FindAsync(recordId, format, call.Http.RequestAborted) is { } found && call.Serves(found.TenantId)) return (format, found);
        }

        return ("", null);
    }
}
