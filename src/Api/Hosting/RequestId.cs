using System.Globalization;

namespace Scalelite.Api.Hosting;

/// <summary>The id under which a request's log line and events are found.</summary>
internal static class RequestId
{
    private const int Longest = 64;

    /// <summary>What a proxy gave it as X-Request-Id, where that is plain; else a new one.</summary>
    public static string Of(HttpContext http)
    {
        var given = http.Request.Headers["X-Request-Id"].ToString();
        return given.Length is > 0 and <= Longest && given.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.')
            ? given
            : Guid.CreateVersion7().ToString("N", CultureInfo.InvariantCulture);
    }
}
