using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Text;

namespace Scalelite.Simulator.Recordings;

/// <summary>What is heard and seen in simulated recordings. A browser plays it; how it was made stands beside it in <c>Media</c>.</summary>
public static class RecordedMedia
{
    private const int BoxHeader = 8;

    private static readonly ConcurrentDictionary<string, byte[]> Loaded = new(StringComparer.Ordinal);

    /// <summary>Of all of it.</summary>
    public static TimeSpan Duration { get; } = TimeSpan.FromSeconds(3);

    /// <summary>VP8 and Opus in WebM.</summary>
    public static ReadOnlyMemory<byte> WebcamsWebm => Load("webcams.webm");

    /// <summary>Opus in WebM.</summary>
    public static ReadOnlyMemory<byte> AudioWebm => Load("audio.webm");

    /// <summary>Opus in Ogg.</summary>
    public static ReadOnlyMemory<byte> AudioOgg => Load("audio.ogg");

    /// <summary>H.264 and AAC in MP4, its index at the end.</summary>
    public static ReadOnlyMemory<byte> VideoM4v => Load("video.m4v");

    /// <summary>A slide of 320 by 240 pixels.</summary>
    public static ReadOnlyMemory<byte> SlidePng => Load("slide.png");

    /// <summary>A slide's thumbnail of 176 by 136 pixels.</summary>
    public static ReadOnlyMemory<byte> ThumbPng => Load("thumb.png");

    /// <summary>
    /// <see cref="VideoM4v"/> with so many bytes of nothing between the pictures and their index: a player does not read through them, but asks
    /// for the range behind them.
    /// </summary>
    /// <param name="padding">Fewer than 8 bytes add nothing.</param>
    public static ReadOnlyMemory<byte> VideoM4vPadded(int padding)
    {
        var video = VideoM4v;
        if (padding < BoxHeader) return video;
        var index = BoxAt(video.Span, "moov");
        var padded = new byte[video.Length + padding];
        video[..index].CopyTo(padded);
        BinaryPrimitives.WriteInt32BigEndian(padded.AsSpan(index), padding);
        "free"u8.CopyTo(padded.AsSpan(index + 4));
        video[index..].CopyTo(padded.AsMemory(index + padding));
        return padded;
    }

    private static int BoxAt(ReadOnlySpan<byte> video, string type)
    {
        Span<byte> name = stackalloc byte[4];
        Encoding.ASCII.GetBytes(type, name);
        for (var at = 0; at < video.Length; at += BinaryPrimitives.ReadInt32BigEndian(video[at..]))
        {
            if (video.Slice(at + 4, 4).SequenceEqual(name)) return at;
        }

        throw new InvalidDataException($"The video has no box {type}.");
    }

    private static byte[] Load(string name) => Loaded.GetOrAdd(name, static name =>
    {
        using var resource = typeof(RecordedMedia).Assembly.GetManifestResourceStream($"Media/{name}")
            ?? throw new InvalidDataException($"The assembly has no media {name}.");
        var bytes = new byte[resource.Length];
        resource.ReadExactly(bytes);
        return bytes;
    });
}
