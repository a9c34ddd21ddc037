namespace Scalelite.Domain.Servers;

/// <summary>What may name a server, and where it may be.</summary>
public static class ServerAddress
{
    /// <summary>It may be a server's id, and part of a stream's key.</summary>
    public static bool IsId(string id) =>
        id.Length is > 0 and <= 253 && id.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_');

    /// <summary>
    /// A node's API base without a slash at its end; null where it is not one: http(s), with a host, nothing behind the path.
    /// The URL that <c>bbb-conf --secret</c> prints ends in <c>/bigbluebutton/</c>: the API is below it.
    /// </summary>
    public static string? Normalize(string url)
    {
        var trimmed = url.Trim().TrimEnd('/');
        if (trimmed.EndsWith("/bigbluebutton", StringComparison.Ordinal))
            trimmed += "/api";
        return Uri.TryCreate(trimmed, UriKind.Absolute, out var uri)
            && (uri.Scheme == Uri.UriSchemeHttp || uri.Scheme == Uri.UriSchemeHttps)
            && !trimmed.Any(char.IsControl)
            && uri.Host.Length > 0 && uri.Query.Length == 0 && uri.Fragment.Length == 0 && uri.UserInfo.Length == 0
            ? trimmed
            : null;
    }

    /// <summary>The host of a URL that <see cref="Normalize"/> takes, in lower case: its server's id where SERVER_ID_IS_HOSTNAME is set.</summary>
    public static string HostOf(string url) => new Uri(url).Host.ToLowerInvariant();
}
