using System.Security.Cryptography;
using System.Text;
using Scalelite.Workers.Configuration;

namespace Scalelite.Workers.Callbacks;

/// <summary>
/// What makes a URL of ours that nodes call hard to guess: 32 hex digits of HMAC-SHA256 over what the URL is for, with a key by HKDF from
/// SECRET_KEY_BASE. The same for the same purpose and subject, on every instance and after every restart.
/// </summary>
public sealed class CallbackMac
{
    private const int Digits = 32;

    private readonly byte[] _key;

    /// <summary>With the key of these settings.</summary>
    public CallbackMac(Settings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        _key = HKDF.DeriveKey(
            HashAlgorithmName.SHA256, Encoding.UTF8.GetBytes(settings.Security.SecretKeyBase), 32, info: "scalelite callback url 1"u8.ToArray());
    }

    /// <summary>The digits for a purpose (<c>end</c>) and a subject (ids of ours).</summary>
    public string Of(string purpose, string subject) =>
        Convert.ToHexStringLower(HMACSHA256.HashData(_key, Encoding.UTF8.GetBytes($"{purpose}\0{subject}")))[..Digits];

    /// <summary>Whether these are the digits; how long it takes says nothing of them.</summary>
    public bool IsRight(string purpose, string subject, string? digits) =>
        CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(Of(purpose, subject)), Encoding.UTF8.GetBytes(digits ?? ""));
}
