using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Scalelite.Workers.AdminTokens;

/// <summary>How a token is spelt, and what is kept of it.</summary>
public static class AdminTokenText
{
    /// <summary>What every token begins with, so that scanners of repositories and logs know one.</summary>
    public const string Prefix = "slt_";

    private const int RandomBytes = 32;

    /// <summary>A new one: the prefix and 43 characters of base64url.</summary>
    public static string New() => Prefix + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(RandomBytes));

    /// <summary>SHA-256 in hex. A token has 256 random bits, so that its plain hash tells nobody anything.</summary>
    public static string HashOf(string token) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(token)));
}
