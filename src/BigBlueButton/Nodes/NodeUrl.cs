using System.Buffers;
using Scalelite.BigBlueButton.Checksums;
using Scalelite.BigBlueButton.Parameters;

namespace Scalelite.BigBlueButton.Nodes;

/// <summary>URLs of calls to nodes, whose query arrives there character by character as it was signed.</summary>
public static class NodeUrl
{
    private static readonly SearchValues<char> Sendable =
        SearchValues.Create(string.Concat(Enumerable.Range('!', '~' - '!' + 1).Select(one => (char)one)));

    /// <summary>A signed URL as text: for a <c>Location</c> header.</summary>
    /// <param name="call">Such as <c>join</c>.</param>
    public static string Sign(NodeAddress node, string call, QueryParameters parameters, ChecksumAlgorithm algorithm)
    {
        ArgumentNullException.ThrowIfNull(node);
        return Join(node.Url, call, SignedQuery.Build(call, parameters, node.Secret, algorithm));
    }

    /// <summary>Puts a URL together.</summary>
    /// <param name="baseUrl">The node's API base.</param>
    /// <param name="call">Empty for the base itself.</param>
    /// <param name="query">Encoded; may be empty.</param>
    public static string Join(string baseUrl, string call, string query)
    {
        ArgumentNullException.ThrowIfNull(baseUrl);
        var path = baseUrl.AsSpan().TrimEnd('/');
        var url = string.IsNullOrEmpty(call) ? path.ToString() : string.Concat(path, "/", call);
        return string.IsNullOrEmpty(query) ? url : string.Concat(url, "?", query);
    }

    /// <summary>
    /// The URL for a request. <see cref="Uri"/> otherwise rewrites <c>%41</c>, <c>%c3</c> or <c>|</c>, and the checksum would be wrong.
    /// </summary>
    /// <exception cref="ArgumentException">The URL is not absolute, not http(s), or holds a character that would break the request line.</exception>
    public static Uri ForRequest(string url)
    {
        ArgumentNullException.ThrowIfNull(url);
        var afterHost = url.IndexOf("://", StringComparison.Ordinal) is var scheme and > 0 ? url.IndexOf('/', scheme + 3) : -1;
        if ((afterHost >= 0 && url.AsSpan(afterHost).ContainsAnyExcept(Sendable))
            || !Uri.TryCreate(url, new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true }, out var uri)
            || (uri.Scheme != Uri.UriSchemeHttp && uri.Scheme != Uri.UriSchemeHttps))
        {
            throw new ArgumentException("A node's URL must be http(s), absolute and of printable ASCII", nameof(url));
        }

        return uri;
    }
}
