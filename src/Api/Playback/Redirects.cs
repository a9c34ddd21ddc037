namespace Scalelite.Api.Playback;

/// <summary>Answers that send the browser elsewhere. No cache keeps them: what may be played changes.</summary>
internal sealed class Redirects : IResult
{
    private readonly int status;
    private readonly string location;

    private Redirects(int status, string location) => (this.status, this.location) = (status, location);

    /// <summary>307 to another path here.</summary>
    /// <param name="path">Escaped.</param>
    /// <param name="query">Passed on as it came.</param>
    public static Redirects To(string path, QueryString query = default) => new(StatusCodes.Status307TemporaryRedirect, path + query.Value);

    /// <summary>301 to another path here: what was there has moved for good.</summary>
    public static Redirects Moved(string path, QueryString query) => new(StatusCodes.Status301MovedPermanently, path + query.Value);

    /// <summary>302 to another server.</summary>
    public static Redirects Away(string url) => new(StatusCodes.Status302Found, url);

    public Task ExecuteAsync(HttpContext httpContext)
    {
        httpContext.Response.StatusCode = status;
        httpContext.Response.Headers.Location = location;
        if (status != StatusCodes.Status301MovedPermanently) httpContext.Response.Headers.CacheControl = "no-store";
        return Task.CompletedTask;
    }
}
