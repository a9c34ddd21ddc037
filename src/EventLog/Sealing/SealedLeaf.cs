using System.Buffers.Binary;

namespace Scalelite.EventLog.Sealing;

/// <summary>What a seal keeps of an event.</summary>
/// <param name="Number">Its number in the log.</param>
/// <param name="Stream">The beginning of its stream's digest: <see cref="EventLeaf.StreamDigest"/>.</param>
/// <param name="Data">The beginning of its data's digest: tells a change of the data from one of the rest.</param>
/// <param name="Leaf">32 bytes; what the root is made of.</param>
public readonly record struct SealedLeaf(long Number, ulong Stream, ulong Data, byte[] Leaf)
{
    /// <summary>Bytes in which one is stored: number, stream and data, big-endian, and the leaf.</summary>
    public const int Bytes = 56;

    /// <summary>Of an event as it is stored now.</summary>
    public static SealedLeaf Of(EventLeaf leaf) => new(leaf.Number, EventLeaf.StreamDigest(leaf.Stream), DataDigest(leaf.Data), leaf.Leaf);

    /// <summary>What a seal keeps of a digest of data.</summary>
    public static ulong DataDigest(ReadOnlySpan<byte> data) => BinaryPrimitives.ReadUInt64BigEndian(data);

    /// <summary>All in one.</summary>
    public static byte[] Write(IReadOnlyList<SealedLeaf> leaves)
    {
        var bytes = new byte[leaves.Count * Bytes];
        for (var i = 0; i < leaves.Count; i++)
        {
            var one = bytes.AsSpan(i * Bytes, Bytes);
            BinaryPrimitives.WriteInt64BigEndian(one, leaves[i].Number);
            BinaryPrimitives.WriteUInt64BigEndian(one[8..], leaves[i].Stream);
            BinaryPrimitives.WriteUInt64BigEndian(one[16..], leaves[i].Data);
            leaves[i].Leaf.CopyTo(one[24..]);
        }

        return bytes;
    }

    /// <summary>Reads what <see cref="Write"/> wrote; what is left over at the end is not read.</summary>
    public static IReadOnlyList<SealedLeaf> Read(ReadOnlySpan<byte> bytes)
    {
        var leaves = new SealedLeaf[bytes.Length / Bytes];
        for (var i = 0; i < leaves.Length; i++)
        {
            var one = bytes.Slice(i * Bytes, Bytes);
            leaves[i] = new SealedLeaf(
                BinaryPrimitives.ReadInt64BigEndian(one),
                BinaryPrimitives.ReadUInt64BigEndian(one[8..]),
                BinaryPrimitives.ReadUInt64BigEndian(one[16..]),
                one[24..].ToArray());
        }

        return leaves;
    }
}
