namespace Scalelite.BigBlueButton.Checksums;

/// <summary>The hashes that BBB takes, weakest first. A presented checksum's length tells which one it is.</summary>
public enum ChecksumAlgorithm
{
    /// <summary>40 hex digits.</summary>
    Sha1,

    /// <summary>64 hex digits.</summary>
    Sha256,

    /// <summary>96 hex digits.</summary>
    Sha384,

    /// <summary>128 hex digits.</summary>
    Sha512,
}
