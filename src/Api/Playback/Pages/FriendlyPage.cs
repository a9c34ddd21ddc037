using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using Microsoft.Net.Http.Headers;
using Scalelite.Workers.Configuration;

namespace Scalelite.Api.Playback.Pages;

/// <summary>A page for people who cannot watch what they came for: what happened and what they can do, in their language. It loads nothing.</summary>
internal sealed class FriendlyPage : IResult
{
    private readonly int status;
    private readonly string name;

    private FriendlyPage(int status, string name) => (this.status, this.name) = (status, name);

    /// <summary>404: no such recording or file, or not for whom asked.</summary>
    public static FriendlyPage NotFound { get; } = new(StatusCodes.Status404NotFound, "notFound");

    /// <summary>410: the time of the link is over.</summary>
    public static FriendlyPage Expired { get; } = new(StatusCodes.Status410Gone, "expired");

    /// <summary>404: presentations cannot be shown here, whichever.</summary>
    public static FriendlyPage NoPlayer { get; } = new(StatusCodes.Status404NotFound, "noPlayer");

    /// <summary>503: something that playing needs is away.</summary>
    public static FriendlyPage Unavailable { get; } = new(StatusCodes.Status503ServiceUnavailable, "unavailable");

    public Task ExecuteAsync(HttpContext httpContext)
    {
        var (request, response) = (httpContext.Request, httpContext.Response);
        var fallback = httpContext.RequestServices.GetRequiredService<PlaybackSettings>().Locale;
        var texts = PageTexts.For(Wanted(request), fallback);
        var (title, text) = texts[name];
        var bytes = Encoding.UTF8.GetBytes(PageTexts.Template
            .Replace("{lang}", texts.Language, StringComparison.Ordinal)
            .Replace("{title}", HtmlEncoder.Default.Encode(title), StringComparison.Ordinal)
            .Replace("{text}", HtmlEncoder.Default.Encode(text), StringComparison.Ordinal)
            .Replace("{request}", HtmlEncoder.Default.Encode(httpContext.TraceIdentifier), StringComparison.Ordinal));
        response.StatusCode = status;
        response.ContentType = "text/html; charset=utf-8";
        response.ContentLength = bytes.Length;
        response.Headers.CacheControl = "no-store";
        response.Headers.ContentLanguage = texts.Language;
        response.Headers.Vary = HeaderNames.AcceptLanguage;
        response.Headers.ContentSecurityPolicy = "default-src 'none'; style-src 'unsafe-inline'";
        // The address may bear a token.
        response.Headers["Referrer-Policy"] = "no-referrer";
        if (status == StatusCodes.Status503ServiceUnavailable) response.Headers.RetryAfter = 5.ToString(CultureInfo.InvariantCulture);
        return HttpMethods.IsHead(request.Method) ? Task.CompletedTask : response.Body.WriteAsync(bytes, httpContext.RequestAborted).AsTask();
    }

    /// <summary>The reader's languages, the dearest first.</summary>
    private static IEnumerable<string> Wanted(HttpRequest request) => request.GetTypedHeaders().AcceptLanguage
        .Where(language => language.Quality is not 0)
        .OrderByDescending(language => language.Quality ?? 1)
        .Select(language => language.Value.ToString());
}
