using System.Security.Cryptography;

namespace Scalelite.EventLog.Sealing;

/// <summary>
/// A Merkle tree as in RFC 6962, built from left to right in memory that grows with the logarithm of the leaves: an inner node is
/// SHA-256 of 01, its left and its right; the left one holds the largest power of two that is less than all.
/// </summary>
public sealed class MerkleTree
{
    private const int Bytes = 32;

    // Complete subtrees from left to right; each holds half as many leaves as the one before it, or less.
    private readonly Stack<(long Leaves, byte[] Hash)> _subtrees = new();

    /// <summary>How many leaves there are.</summary>
    public long Leaves { get; private set; }

    /// <summary>The root of these leaves, 32 bytes.</summary>
    public static byte[] Root(IEnumerable<byte[]> leaves)
    {
        var tree = new MerkleTree();
        foreach (var leaf in leaves) tree.Add(leaf);
        return tree.Root();
    }

    /// <summary>Adds a leaf behind the others.</summary>
    /// <param name="leaf">32 bytes, hashed already.</param>
    public void Add(ReadOnlySpan<byte> leaf)
    {
        if (leaf.Length != Bytes) throw new ArgumentException($"A leaf has {Bytes} bytes, not {leaf.Length}", nameof(leaf));
        Leaves++;
        var (count, hash) = (1L, leaf.ToArray());
        while (_subtrees.TryPeek(out var left) && left.Leaves == count)
        {
            _subtrees.Pop();
            hash = Inner(left.Hash, hash);
            count += left.Leaves;
        }

        _subtrees.Push((count, hash));
    }

    /// <summary>The root of the leaves so far, 32 bytes; of none: SHA-256 of nothing.</summary>
    public byte[] Root()
    {
        byte[]? root = null;
        foreach (var (_, hash) in _subtrees) root = root is null ? hash : Inner(hash, root);
        return root ?? SHA256.HashData([]);
    }

    private static byte[] Inner(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right)
    {
        Span<byte> bytes = stackalloc byte[1 + (2 * Bytes)];
        bytes[0] = 1;
        left.CopyTo(bytes[1..]);
        right.CopyTo(bytes[(1 + Bytes)..]);
        return SHA256.HashData(bytes);
    }
}
