using System.Globalization;

namespace Scalelite.Api.Migration;

/// <summary>Where a Redis is, as REDIS_URL says it: <c>redis://[user:password@]host[:port][/database]</c>, <c>rediss://</c> with TLS.</summary>
internal sealed record RedisAddress(string Host, int Port, bool Tls, string? User, string? Password, int Database)
{
    private const int DefaultPort = 6379;

    /// <summary>Reads the URL; null where it is none. Nothing of it may be shown: it may hold a password.</summary>
    public static RedisAddress? Parse(string text)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out var uri) || uri.Scheme is not ("redis" or "rediss") || uri.Host.Length == 0) return null;
        var path = uri.AbsolutePath.Trim('/');
        var database = 0;
        if (path.Length > 0 && !int.TryParse(path, NumberStyles.None, CultureInfo.InvariantCulture, out database)) return null;
        var colon = uri.UserInfo.IndexOf(':', StringComparison.Ordinal);
        var (user, password) = colon < 0 ? ("", uri.UserInfo) : (uri.UserInfo[..colon], uri.UserInfo[(colon + 1)..]);
        return new RedisAddress(
            uri.Host.Trim('[', ']'),
            uri.Port > 0 ? uri.Port : DefaultPort,
            uri.Scheme == "rediss",
            user.Length > 0 ? Uri.UnescapeDataString(user) : null,
            password.Length > 0 ? Uri.UnescapeDataString(password) : null,
            database);
    }
}
