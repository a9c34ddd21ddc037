using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Scalelite.Api.Playback;

/// <summary>What a URL may name: formats, recordings, files below their folder, and nothing else.</summary>
internal static class PlaybackNames
{
    private const int LongestName = 255;
    private const string FolderFile = "index.html";

    /// <summary>A format or a recordID: letters, digits, <c>-</c> and <c>_</c>.</summary>
    public static bool IsName([NotNullWhen(true)] string? name) =>
        name is { Length: > 0 and <= LongestName } && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_');

    /// <summary>
    /// The path of a file below a folder: of a folder that is named with a slash at its end, and of the folder itself, its
    /// <c>index.html</c>. Null for what may not be served: dot-files, ways out of the folder, in whichever spelling, and odd characters.
    /// </summary>
    /// <param name="path">The URL's path below the folder, decoded but for <c>%2f</c>, as Kestrel leaves it.</param>
    public static string? FileOf(string path)
    {
        var file = path.Length == 0 || path[^1] == '/' ? path + FolderFile : path;
        if (file.Contains("%2f", StringComparison.OrdinalIgnoreCase)) return null;
        foreach (var range in file.AsSpan().Split('/'))
        {
            var segment = file.AsSpan()[range];
            if (segment.IsEmpty || segment[0] == '.' || Encoding.UTF8.GetByteCount(segment) > LongestName) return null;
            foreach (var c in segment)
            {
                if (c is '\\' or '\uFFFD' || char.IsControl(c)) return null;
            }
        }

        return file;
    }

    /// <summary>A path for a URL or a header, every name in it escaped.</summary>
    public static string Escape(string path) => string.Join('/', path.Split('/').Select(Uri.EscapeDataString));
}
