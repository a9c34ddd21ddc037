namespace Scalelite.BigBlueButton.Checksums;

/// <summary>A set of algorithms, such as those that a caller may use (<c>LOADBALANCER_CHECKSUM_ALGORITHM</c>).</summary>
public readonly record struct ChecksumAlgorithms
{
    private readonly int _bits;

    private ChecksumAlgorithms(int bits) => _bits = bits;

    /// <summary>All four.</summary>
    public static ChecksumAlgorithms All { get; } = Of(ChecksumAlgorithm.Sha1, ChecksumAlgorithm.Sha256, ChecksumAlgorithm.Sha384, ChecksumAlgorithm.Sha512);

    /// <summary>The strongest of the set; SHA-256 for the empty one.</summary>
    public ChecksumAlgorithm Strongest => _bits == 0 ? ChecksumAlgorithm.Sha256 : (ChecksumAlgorithm)int.Log2(_bits);

    /// <summary>The set of these algorithms.</summary>
    public static ChecksumAlgorithms Of(params ReadOnlySpan<ChecksumAlgorithm> algorithms)
    {
        var bits = 0;
        foreach (var algorithm in algorithms)
        {
            bits |= 1 << (int)algorithm;
        }

        return new ChecksumAlgorithms(bits);
    }

    /// <summary>Reads names in any case, with or without a hyphen, separated by <c>:</c> (Scalelite) or <c>,</c> (BBB).</summary>
    /// <returns>False for an unknown name or none at all.</returns>
    public static bool TryParse(string? text, out ChecksumAlgorithms algorithms)
    {
        algorithms = default;
        foreach (var name in (text ?? "").Split([':', ',', ' '], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            ChecksumAlgorithm? one = name.Replace("-", "", StringComparison.Ordinal).ToUpperInvariant() switch
            {
                "SHA1" => ChecksumAlgorithm.Sha1,
                "SHA256" => ChecksumAlgorithm.Sha256,
                "SHA384" => ChecksumAlgorithm.Sha384,
                "SHA512" => ChecksumAlgorithm.Sha512,
                _ => null,
            };
            if (one is null)
            {
                algorithms = default;
                return false;
            }

            algorithms = new ChecksumAlgorithms(algorithms._bits | 1 << (int)one);
        }

        return algorithms._bits != 0;
    }

    /// <summary>Whether the set holds <paramref name="algorithm"/>.</summary>
    public bool Allows(ChecksumAlgorithm algorithm) => (_bits & 1 << (int)algorithm) != 0;
}
