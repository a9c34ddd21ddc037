using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Scalelite.Api.Playback;

/// <summary>What a token in a link is worth.</summary>
internal enum LinkVerdict
{
    /// <summary>It was not made here, or for something else.</summary>
    Wrong,

    /// <summary>It was made here for this, but its time is over.</summary>
    Expired,

    /// <summary>It opens what it was made for.</summary>
    Valid,
}

/// <summary>
/// Tokens that open one thing for a while, as often as they are used: 64 hex digits, as Scalelite's are, of which the first 8 are the
/// end of the token's life (epoch seconds) and the others an HMAC over what it opens. Nothing is stored, so listing recordings writes nothing.
/// </summary>
/// <param name="secretKeyBase">SECRET_KEY_BASE.</param>
/// <param name="clock">By which tokens end.</param>
internal sealed class LinkTokens(string secretKeyBase, TimeProvider clock)
{
    private const int ExpiryBytes = 4;
    private const int TokenBytes = 32;
    private const int LongestStackBuffer = 512;

    private readonly byte[] key = PlaybackKeys.Derive(secretKeyBase, "scalelite playback link 1");

    /// <summary>Makes a token.</summary>
    /// <param name="life">How long it opens.</param>
    /// <param name="opens">What it opens: a purpose, then the names that it is bound to.</param>
    public string Make(TimeSpan life, params ReadOnlySpan<string> opens)
    {
        Span<byte> token = stackalloc byte[TokenBytes];
        BinaryPrimitives.WriteUInt32BigEndian(token, (uint)(clock.GetUtcNow() + life).ToUnixTimeSeconds());
        Sign(token, opens);
        return Convert.ToHexStringLower(token);
    }

    /// <summary>Whether a token opens this now; what is wrong in it shows in no time that it takes.</summary>
    public LinkVerdict Verify(string? token, params ReadOnlySpan<string> opens)
    {
        Span<byte> given = stackalloc byte[TokenBytes];
        if (token is not { Length: 2 * TokenBytes } || Convert.FromHexString(token, given, out _, out _) != System.Buffers.OperationStatus.Done)
        {
            return LinkVerdict.Wrong;
        }

        Span<byte> expected = stackalloc byte[TokenBytes];
        given[..ExpiryBytes].CopyTo(expected);
        Sign(expected, opens);
        return !CryptographicOperations.FixedTimeEquals(given, expected) ? LinkVerdict.Wrong
            : BinaryPrimitives.ReadUInt32BigEndian(given) > clock.GetUtcNow().ToUnixTimeSeconds() ? LinkVerdict.Valid
            : LinkVerdict.Expired;
    }

    /// <summary>Puts the HMAC behind the expiry.</summary>
    private void Sign(Span<byte> token, ReadOnlySpan<string> opens)
    {
        var length = ExpiryBytes;
        foreach (var name in opens) length += sizeof(int) + Encoding.UTF8.GetByteCount(name);
        var bytes = length <= LongestStackBuffer ? stackalloc byte[length] : new byte[length];
        token[..ExpiryBytes].CopyTo(bytes);
        var rest = bytes[ExpiryBytes..];
        foreach (var name in opens)
        {
            // Lengths before the names: no other names give the same bytes.
            var written = Encoding.UTF8.GetBytes(name, rest[sizeof(int)..]);
            BinaryPrimitives.WriteInt32BigEndian(rest, written);
            rest = rest[(sizeof(int) + written)..];
        }

        Span<byte> hash = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(key, bytes, hash);
        hash[..(TokenBytes - ExpiryBytes)].CopyTo(token[ExpiryBytes..]);
    }
}
