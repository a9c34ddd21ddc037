using Microsoft.Net.Http.Headers;
using Scalelite.Api.Playback.Pages;
using Scalelite.Domain.Recordings;
using Scalelite.Projections.Recordings;
using Scalelite.Workers.Configuration;
using Scalelite.Workers.Recordings.Storage;

namespace Scalelite.Api.Playback;

/// <summary>
/// The files of published recordings at <c>/{format}/{recordID}/…</c>: from the disk, by the web server in front, by CloudFront or from the
/// bucket, as it is set. Who may not have them learns no more than that there is nothing.
/// </summary>
internal sealed class FormatFiles(
    PlayableFormats formats, IRecordingStorage storage, PlaybackCookie cookie, PlaybackSettings settings, RecordingSettings recordings, CloudFront cloudFront)
{
    // Formats that a browser plays by itself; the others are documents and sounds to keep.
    private static readonly string[] Played = ["presentation", "video", "screenshare"];

    // Servers that speak S3 sign nothing for longer.
    private static readonly TimeSpan LongestUrlLife = TimeSpan.FromDays(7);

    // Players ask for ranges as long as somebody watches, at the URL that they were sent to.
    private readonly TimeSpan urlLife = settings.CookieLife < LongestUrlLife ? settings.CookieLife : LongestUrlLife;

    /// <summary>A file, or the page that says that there is none.</summary>
    public async Task<IResult> AnswerAsync(PlaybackCall call)
    {
        var (format, recordId) = (call["format"], call["recordId"]);
        if (!PlaybackNames.IsName(format) || !PlaybackNames.IsName(recordId)) return FriendlyPage.NotFound;
        var folder = $"/{format}/{recordId}";
        var rest = call.Path[folder.Length..];
        if (rest.Length > 0 && PlaybackNames.FileOf(rest[1..]) is null) return FriendlyPage.NotFound;
        call.RecordId = recordId;
        if (await FindAsync(call, format, recordId) is not { } found) return FriendlyPage.NotFound;
        if (IsClosed(found) && !cookie.Opens(call.Http.Request, format, recordId)) return FriendlyPage.NotFound;

        // With its slash, so that what the folder's page names is found below it.
        return rest.Length == 0 ? Redirects.To($"{folder}/", call.Http.Request.QueryString) : await SendAsync(call, found, format, recordId, rest[1..]);
    }

    /// <summary>The format, if the tenant whose host was asked may play it.</summary>
    public async Task<PlayedFormat?> FindAsync(PlaybackCall call, string format, string recordId) =>
        recordings.PlaybackFormats is { } listed && !listed.Contains(format) ? null
        : await formats.FindAsync(recordId, format, call.Http.RequestAborted) is { } found && call.Serves(found.TenantId) ? found
        : null;

    /// <summary>Whether it needs a token: protection can be switched off as a whole.</summary>
    public bool IsClosed(PlayedFormat format) => format.Protected && settings.ProtectionEnabled;

    /// <summary>A file of a format that whoever asks may have, from where it lies.</summary>
    /// <param name="rest">Its path below the format's folder; was checked.</param>
    public async Task<IResult> SendAsync(PlaybackCall call, PlayedFormat found, string format, string recordId, string rest)
    {
        var (http, headers) = (call.Http, call.Http.Response.Headers);
        var file = PlaybackNames.FileOf(rest)!;
        var contentType = ContentTypes.Of(file);
        var disposition = Played.Contains(format) ? null : "attachment";

        // What a person plays or downloads may come from elsewhere. Pages and what scripts fetch come from here: beside a page lies what it
        // loads, and to another host scripts send no cookies and may not read what comes.
        var isLarge = disposition is not null || contentType.StartsWith("video/", StringComparison.Ordinal) || contentType.StartsWith("audio/", StringComparison.Ordinal);
        if (cloudFront.Takes(http.Request.Host.Host, file, isLarge)) return cloudFront.Redirect(http, format, recordId, file);
        if (settings.AccelRedirect is { } location)
        {
            Describe();
            return new AccelAnswer($"{location.TrimEnd('/')}/{format}/{recordId}/{PlaybackNames.Escape(rest)}", contentType);
        }

        var folder = new FormatFolder(RecordingPlace.Published, format, recordId);
        var cancellation = http.RequestAborted;
        switch (await storage.LocateAsync(folder, file, new PlaybackHeaders(contentType, disposition), urlLife, cancellation))
        {
            case PlaybackLocation.AtUrl there when isLarge:
                return Redirects.Away(there.Url.OriginalString);
            case PlaybackLocation.AtUrl when await storage.OpenAsync(folder, file, cancellation) is { } stream:
                Describe();
                return TypedResults.Stream(stream, contentType);
            case PlaybackLocation.OnDisk here when FileAnswer.Open(here.FullPath, file.Count(c => c == '/') + 1) is { } answer:
                Describe();
                return answer;
            case null when file == rest && await storage.LocateAsync(folder, $"{file}/index.html", default, urlLife, cancellation) is PlaybackLocation.OnDisk:
                return Redirects.To($"/{format}/{recordId}/{PlaybackNames.Escape(file)}/", http.Request.QueryString);
            default:
                return FriendlyPage.NotFound;
        }

        void Describe()
        {
            headers.CacheControl = IsClosed(found) ? FileAnswer.ForOnePerson : FileAnswer.ForEverybody;
            if (disposition is not null) headers[HeaderNames.ContentDisposition] = disposition;
        }
    }
}
