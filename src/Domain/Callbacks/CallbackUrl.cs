using System.Security.Cryptography;

namespace Scalelite.Domain.Callbacks;

/// <summary>What a client may name as the target of a callback.</summary>
public static class CallbackUrl
{
    /// <summary>Characters; a longer URL is not kept.</summary>
    public const int Longest = 2048;

    /// <summary>Characters of a URL as it is called, with what is added to a client's.</summary>
    public const int LongestCalled = 2 * Longest;

    /// <summary>An absolute http(s) URL with a host; null for anything else. Its fragment and a user in it are not sent.</summary>
    public static Uri? Read(string? text, int longest = Longest) =>
        text is { Length: > 0 }
        && text.Length <= longest
        && !text.Any(char.IsControl)
        && Uri.TryCreate(text.Trim(), UriKind.Absolute, out var url)
        && (url.Scheme == Uri.UriSchemeHttp || url.Scheme == Uri.UriSchemeHttps)
        && url.Host.Length > 0
            ? url
            : null;
}

/// <summary>The ids of callbacks.</summary>
public static class CallbackId
{
    /// <summary>The id of what an import has to tell about a recording: the same however often it is asked for, so that it is told once.</summary>
    public static Guid Of(Guid import, string recordId) => Of("recording-ready", import, recordId);

    /// <summary>A UUID of version 8 (RFC 9562) from a cause, its id and a name under it.</summary>
    public static Guid Of(string cause, Guid id, string name)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(System.Text.Encoding.UTF8.GetBytes($"{cause}\0{id}\0{name}"), hash);
        hash[6] = (byte)((hash[6] & 0x0f) | 0x80);
        hash[8] = (byte)((hash[8] & 0x3f) | 0x80);
        return new Guid(hash[..16], bigEndian: true);
    }
}
