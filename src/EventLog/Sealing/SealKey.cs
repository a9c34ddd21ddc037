using System.Security.Cryptography;
using System.Text;

namespace Scalelite.EventLog.Sealing;

/// <summary>Signs seals with a key derived from one SECRET_KEY_BASE by HKDF-SHA256.</summary>
public sealed class SealKey
{
    private readonly byte[] _key;

    /// <param name="secretKeyBase">SECRET_KEY_BASE.</param>
    public SealKey(string secretKeyBase)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(secretKeyBase);
        _key = HKDF.DeriveKey(HashAlgorithmName.SHA256, Encoding.UTF8.GetBytes(secretKeyBase), 32, info: "scalelite log seal 1"u8.ToArray());
        Id = Convert.ToHexStringLower(HMACSHA256.HashData(_key, "which key"u8))[..16];
    }

    /// <summary>Tells keys apart; 16 hex digits from which the key cannot be found.</summary>
    public string Id { get; }

    /// <summary>The seal with its key and signature.</summary>
    public LogSeal Sign(LogSeal made)
    {
        var seal = made with { Key = Id };
        return seal with { Signature = Convert.ToHexStringLower(HMACSHA256.HashData(_key, seal.Content)) };
    }

    /// <summary>Whether this key signed the seal as it is.</summary>
    public bool HasSigned(LogSeal seal) => CryptographicOperations.FixedTimeEquals(
        Encoding.UTF8.GetBytes(Convert.ToHexStringLower(HMACSHA256.HashData(_key, seal.Content))), Encoding.UTF8.GetBytes(seal.Signature));
}
