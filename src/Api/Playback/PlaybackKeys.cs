using System.Security.Cryptography;
using System.Text;

namespace Scalelite.Api.Playback;

/// <summary>The keys of links and cookies; every instance with the same SECRET_KEY_BASE has the same ones.</summary>
internal static class PlaybackKeys
{
    private const int KeyBytes = 32;

    /// <summary>A key for one purpose.</summary>
    /// <exception cref="ArgumentException">There is no SECRET_KEY_BASE.</exception>
    public static byte[] Derive(string secretKeyBase, string purpose)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(secretKeyBase);
        return HKDF.DeriveKey(
            HashAlgorithmName.SHA256, Encoding.UTF8.GetBytes(secretKeyBase), KeyBytes, info: Encoding.UTF8.GetBytes(purpose));
    }
}
