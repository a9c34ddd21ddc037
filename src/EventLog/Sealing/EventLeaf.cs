using System.Security.Cryptography;
using System.Text;

namespace Scalelite.EventLog.Sealing;

/// <summary>The digests of one event as it is stored (<c>event_leaves.sql</c>).</summary>
/// <param name="Number">Its number in the log.</param>
/// <param name="Archived">Readers do not see it.</param>
/// <param name="Metadata">SHA-256 of all that is kept of it but its data; 32 bytes.</param>
/// <param name="Data">SHA-256 of its data as text; 32 bytes.</param>
/// <param name="Leaf">What the tree is made of; 32 bytes.</param>
public readonly record struct EventLeaf(long Number, string Stream, bool Archived, byte[] Metadata, byte[] Data, byte[] Leaf)
{
    /// <summary>Bytes of a stream's digest in a seal: enough that no two streams of a log share one.</summary>
    public const int StreamBytes = 8;

    /// <summary>The leaf that an event with these digests has: what the SQL computes.</summary>
    public static byte[] Of(ReadOnlySpan<byte> metadata, bool archived, ReadOnlySpan<byte> data)
    {
        Span<byte> bytes = stackalloc byte[2 + metadata.Length + data.Length];
        bytes[0] = 0;
        metadata.CopyTo(bytes[1..]);
        bytes[1 + metadata.Length] = archived ? (byte)1 : (byte)0;
        data.CopyTo(bytes[(2 + metadata.Length)..]);
        return SHA256.HashData(bytes);
    }

    /// <summary>The beginning of a stream's digest, as a number.</summary>
    public static ulong StreamDigest(string stream) =>
        System.Buffers.Binary.BinaryPrimitives.ReadUInt64BigEndian(SHA256.HashData(Encoding.UTF8.GetBytes(stream)));
}
