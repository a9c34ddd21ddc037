namespace Scalelite.Api.Playback;

/// <summary>Leaves the sending to the web server in front: it finds the file at that location of its own, which nobody else may ask for.</summary>
/// <param name="location">Path of the file there, escaped.</param>
internal sealed class AccelAnswer(string location, string contentType) : IResult
{
    public Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        response.StatusCode = StatusCodes.Status200OK;
        response.ContentType = contentType;
        response.ContentLength = 0;
        response.Headers["X-Accel-Redirect"] = location;
        return Task.CompletedTask;
    }
}
