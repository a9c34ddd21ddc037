using Scalelite.Api.Playback.Pages;

namespace Scalelite.Api.Playback;

/// <summary>
/// <c>/recording/{recordID}/{format}</c>, where listed links to protected recordings lead: the token becomes a cookie, and the browser goes on
/// to the format's own page. A link opens as often as it is followed while its time lasts, so that a prefetch or a second click locks nobody out.
/// </summary>
internal sealed class RecordingDoor(FormatFiles files, ProtectedLinks links, PlaybackCookie cookie)
{
    /// <summary>307 to the format; a page where there is none, or where the link's time is over.</summary>
    public async Task<IResult> AnswerAsync(PlaybackCall call)
    {
        var (recordId, format) = (call["recordId"], call["format"]);
        if (!PlaybackNames.IsName(recordId) || !PlaybackNames.IsName(format)) return FriendlyPage.NotFound;
        call.RecordId = recordId;
        if (await files.FindAsync(call, format, recordId) is not { } found) return FriendlyPage.NotFound;
        if (files.IsClosed(found))
        {
            switch (links.Verify(call.Http.Request.Query["token"], found.TenantId, recordId, format))
            {
                case LinkVerdict.Valid:
                    cookie.Set(call.Http.Response, format, recordId);
                    break;
                case LinkVerdict.Expired:
                    return FriendlyPage.Expired;
                default:
                    return FriendlyPage.NotFound;
            }
        }

        return Redirects.To(IsHere(found.Link) ? found.Link : $"/{format}/{recordId}/");
    }

    /// <summary>A path of this site; an archive cannot send people elsewhere.</summary>
    private static bool IsHere(string link) =>
        link.Length > 1 && link[0] == '/' && link[1] is not ('/' or '\\') && link.All(c => c is > ' ' and < (char)0x7f);
}
