using System.Buffers;
using System.Security.Cryptography;
using System.Text;

namespace Scalelite.BigBlueButton.Checksums;

/// <summary><c>hex(H(call + query + secret))</c>: what signs every call of the API (<c>bbb-api.md §1.3</c>).</summary>
public static class Checksum
{
    private const int LongestHash = SHA512.HashSizeInBytes;
    private const int OnStack = 1024;

    /// <summary>Signs a call.</summary>
    /// <param name="call">The path's last element, such as <c>create</c>; webhooks take two: <c>hooks/create</c>.</param>
    /// <param name="query">The encoded query as it will be sent, without a checksum.</param>
    /// <param name="secret">The secret shared with the receiver.</param>
    /// <returns>Lower-case hex.</returns>
    public static string Compute(ChecksumAlgorithm algorithm, ReadOnlySpan<char> call, ReadOnlySpan<char> query, ReadOnlySpan<char> secret)
    {
        Span<byte> hash = stackalloc byte[LongestHash];
        return Convert.ToHexStringLower(hash[..Hash(algorithm, call, query, secret, hash)]);
    }

    /// <summary>Checks a request's checksum, in constant time for each secret and in any case of its hex digits.</summary>
    /// <param name="call">The path's last element; webhooks take two: <c>hooks/create</c>.</param>
    /// <param name="query">The request's query.</param>
    /// <param name="secrets">Those that are valid now.</param>
    /// <param name="allowed">A checksum by any other algorithm is wrong.</param>
    public static ChecksumVerdict Verify(ReadOnlySpan<char> call, RawQuery query, IReadOnlyList<string> secrets, ChecksumAlgorithms allowed)
    {
        ArgumentNullException.ThrowIfNull(query);
        ArgumentNullException.ThrowIfNull(secrets);
        if (string.IsNullOrEmpty(query.Checksum))
        {
            return new ChecksumVerdict(ChecksumOutcome.Missing, -1, default);
        }

        var wrong = new ChecksumVerdict(ChecksumOutcome.Wrong, -1, default);
        if (query.HasSeveralChecksums || AlgorithmOf(query.Checksum.Length) is not { } algorithm || !allowed.Allows(algorithm))
        {
            return wrong;
        }

        Span<byte> presented = stackalloc byte[LongestHash];
        if (Convert.FromHexString(query.Checksum, presented, out _, out var length) != OperationStatus.Done)
        {
            return wrong;
        }

        Span<byte> expected = stackalloc byte[LongestHash];
        for (var i = 0; i < secrets.Count; i++)
        {
            // An empty secret would let anyone sign.
            if (secrets[i].Length > 0
                && Hash(algorithm, call, query.WithoutChecksum, secrets[i], expected) == length
                && CryptographicOperations.FixedTimeEquals(expected[..length], presented[..length]))
            {
                return new ChecksumVerdict(ChecksumOutcome.Right, i, algorithm);
            }
        }

        return wrong;
    }

    private static ChecksumAlgorithm? AlgorithmOf(int hexDigits) => hexDigits switch
    {
        2 * SHA1.HashSizeInBytes => ChecksumAlgorithm.Sha1,
        2 * SHA256.HashSizeInBytes => ChecksumAlgorithm.Sha256,
        2 * SHA384.HashSizeInBytes => ChecksumAlgorithm.Sha384,
        2 * SHA512.HashSizeInBytes => ChecksumAlgorithm.Sha512,
        _ => null,
    };

    // CA5350: SHA-1 is what half of the clients in the field send; operators may forbid it.
#pragma warning disable CA5350
    private static int Hash(ChecksumAlgorithm algorithm, ReadOnlySpan<char> call, ReadOnlySpan<char> query, ReadOnlySpan<char> secret, Span<byte> hash)
    {
        var most = Encoding.UTF8.GetMaxByteCount(call.Length + query.Length + secret.Length);
        byte[]? rented = null;
        var text = most <= OnStack ? stackalloc byte[OnStack] : rented = ArrayPool<byte>.Shared.Rent(most);
        var length = Encoding.UTF8.GetBytes(call, text);
        length += Encoding.UTF8.GetBytes(query, text[length..]);
        length += Encoding.UTF8.GetBytes(secret, text[length..]);
        var hashed = algorithm switch
        {
            ChecksumAlgorithm.Sha1 => SHA1.HashData(text[..length], hash),
            ChecksumAlgorithm.Sha256 => SHA256.HashData(text[..length], hash),
            ChecksumAlgorithm.Sha384 => SHA384.HashData(text[..length], hash),
            ChecksumAlgorithm.Sha512 => SHA512.HashData(text[..length], hash),
            _ => throw new ArgumentOutOfRangeException(nameof(algorithm), algorithm, "no such checksum algorithm"),
        };
        CryptographicOperations.ZeroMemory(text[..length]);
        if (rented is not null)
        {
            ArrayPool<byte>.Shared.Return(rented);
        }

        return hashed;
    }
#pragma warning restore CA5350
}
