using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Scalelite.EventLog;

/// <summary>Seals and opens under one SECRET_KEY_BASE: AES-256-GCM, the key by HKDF-SHA256; what a secret belongs to is bound to it.</summary>
internal sealed class SecretSeal
{
    private const byte Format = 1;
    private const int NonceBytes = 12;
    private const int TagBytes = 16;

    private readonly byte[] _sealingKey;
    private readonly byte[] _fingerprintKey;

    public SecretSeal(string secretKeyBase)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(secretKeyBase);
        var material = Encoding.UTF8.GetBytes(secretKeyBase);
        _sealingKey = HKDF.DeriveKey(HashAlgorithmName.SHA256, material, 32, info: "scalelite secret sealing 1"u8.ToArray());
        _fingerprintKey = HKDF.DeriveKey(HashAlgorithmName.SHA256, material, 32, info: "scalelite secret fingerprint 1"u8.ToArray());
    }

    /// <summary>Format byte, nonce, tag, ciphertext.</summary>
    public byte[] Seal(string owner, string kind, int n, string plaintext)
    {
        var plain = Encoding.UTF8.GetBytes(plaintext);
        var @sealed = new byte[1 + NonceBytes + TagBytes + plain.Length];
        @sealed[0] = Format;
        var nonce = @sealed.AsSpan(1, NonceBytes);
        RandomNumberGenerator.Fill(nonce);
        using var aes = new AesGcm(_sealingKey, TagBytes);
        aes.Encrypt(nonce, plain, @sealed.AsSpan(1 + NonceBytes + TagBytes), @sealed.AsSpan(1 + NonceBytes, TagBytes), Belongs(owner, kind, n));
        return @sealed;
    }

    /// <exception cref="SecretUnopenableException">Another SECRET_KEY_BASE, another owner, or changed bytes.</exception>
    public string Open(string owner, string kind, int n, ReadOnlySpan<byte> @sealed)
    {
        try
        {
            if (@sealed.Length < 1 + NonceBytes + TagBytes || @sealed[0] != Format) throw new CryptographicException("unknown format");
            var plain = new byte[@sealed.Length - 1 - NonceBytes - TagBytes];
            using var aes = new AesGcm(_sealingKey, TagBytes);
            aes.Decrypt(
                @sealed.Slice(1, NonceBytes), @sealed[(1 + NonceBytes + TagBytes)..], @sealed.Slice(1 + NonceBytes, TagBytes), plain, Belongs(owner, kind, n));
            return Encoding.UTF8.GetString(plain);
        }
        catch (CryptographicException e)
        {
            throw new SecretUnopenableException($"The secret '{kind}' {n} of '{owner}' does not open under this SECRET_KEY_BASE", e);
        }
    }

    /// <summary>16 hex digits; the same for the same kind and text, and not to be guessed without the key.</summary>
    public string Fingerprint(string kind, string plaintext) =>
        Convert.ToHexStringLower(HMACSHA256.HashData(_fingerprintKey, Encoding.UTF8.GetBytes($"{kind}\0{plaintext}")))[..16];

    // Lengths before the texts: no other owner and kind give the same bytes.
    private static byte[] Belongs(string owner, string kind, int n)
    {
        var (ownerBytes, kindBytes) = (Encoding.UTF8.GetBytes(owner), Encoding.UTF8.GetBytes(kind));
        var bytes = new byte[12 + ownerBytes.Length + kindBytes.Length];
        BinaryPrimitives.WriteInt32BigEndian(bytes, ownerBytes.Length);
        ownerBytes.CopyTo(bytes, 4);
        BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(4 + ownerBytes.Length), kindBytes.Length);
        kindBytes.CopyTo(bytes, 8 + ownerBytes.Length);
        BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(bytes.Length - 4), n);
        return bytes;
    }
}
