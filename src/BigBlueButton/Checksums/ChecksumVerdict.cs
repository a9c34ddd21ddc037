namespace Scalelite.BigBlueButton.Checksums;

/// <summary>What came of checking a checksum.</summary>
public enum ChecksumOutcome
{
    /// <summary>None was sent, or an empty one.</summary>
    Missing,

    /// <summary>No secret gives it, it was sent twice, or its algorithm is unknown or not allowed.</summary>
    Wrong,

    /// <summary>One of the secrets gives it.</summary>
    Right,
}

/// <summary>What came of checking a checksum, and with which of the secrets.</summary>
/// <param name="Outcome">Whether the request may go on.</param>
/// <param name="Secret">Which of the secrets gave it, from 0; -1 if none did.</param>
/// <param name="Algorithm">The algorithm of a right checksum.</param>
public readonly record struct ChecksumVerdict(ChecksumOutcome Outcome, int Secret, ChecksumAlgorithm Algorithm)
{
    /// <summary>Whether the request may go on.</summary>
    public bool IsRight => Outcome == ChecksumOutcome.Right;
}
