using System.Globalization;
using System.Security.Cryptography;

namespace Scalelite.EventLog.Sealing.Verifying;

/// <summary>Looks at one seal by itself, and at how it follows the one before it.</summary>
internal static class SealCheck
{
    /// <summary>Whether the seal goes on where the one before it ended, and names it.</summary>
    /// <param name="before">Null for the first seal.</param>
    /// <returns>What is wrong; null if nothing.</returns>
    public static AuditFinding? Chain(LogSeal seal, LogSeal? before)
    {
        if (seal.Previous != (before?.Hash ?? LogSeal.NothingBefore))
            return new AuditFinding(AuditFindingKind.ChainBroken, $"seal {Text(seal.Seal)} does not name the seal before it: one of the two was replaced", seal.Seal);
        var expected = (before?.Last ?? 0) + 1;
        return seal.First == expected && seal.Last >= seal.First
            ? null
            : new AuditFinding(
                AuditFindingKind.ChainBroken, $"seal {Text(seal.Seal)} covers the numbers {Text(seal.First)} to {Text(seal.Last)}, and should begin at {Text(expected)}",
                seal.Seal);
    }

    /// <summary>The leaves that the seal keeps, if they are what was sealed; null if they are not.</summary>
    public static IReadOnlyList<SealedLeaf>? Leaves(StoredSeal stored)
    {
        var (seal, bytes) = (stored.Seal, stored.Leaves);
        if (bytes.Length != (long)seal.Events * SealedLeaf.Bytes || Convert.ToHexStringLower(SHA256.HashData(bytes)) != seal.Leaves) return null;
        var leaves = SealedLeaf.Read(bytes);
        var number = seal.First - 1;
        foreach (var leaf in leaves)
        {
            if (leaf.Number <= number || leaf.Number > seal.Last) return null;
            number = leaf.Number;
        }

        return Convert.ToHexStringLower(MerkleTree.Root(leaves.Select(leaf => leaf.Leaf))) == seal.Root ? leaves : null;
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
