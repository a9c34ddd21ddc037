using System.Text;
using System.Text.RegularExpressions;

namespace Scalelite.Workers.Recordings.TextTracks;

/// <summary>Captions as players take them. SubRip is told from WebVTT by what stands in it, as uploads come with any content type.</summary>
public static partial class WebVtt
{
    /// <summary>WebVTT of an upload in WebVTT or SubRip.</summary>
    /// <returns>Null where it is neither: no UTF-8, no header and no cue.</returns>
    public static byte[]? Of(ReadOnlySpan<byte> upload)
    {
        if (upload.StartsWith("\uFEFF"u8))
        {
            upload = upload[3..];
        }

        if (!System.Text.Unicode.Utf8.IsValid(upload) || upload.Contains((byte)0))
        {
            return null;
        }

        return Header().IsMatch(Encoding.UTF8.GetString(upload[..Math.Min(upload.Length, 64)])) ? upload.ToArray() : FromSubRip(Encoding.UTF8.GetString(upload));
    }

    /// <summary>Every line of times, with a comma before the milliseconds, becomes one with a point; numbers and texts are the same in both.</summary>
    private static byte[]? FromSubRip(string text)
    {
        var cues = 0;
        var lines = text.ReplaceLineEndings("\n").Split('\n');
        for (var i = 0; i < lines.Length; i++)
        {
            if (Times().Match(lines[i]) is { Success: true } times)
            {
                cues++;
                lines[i] = $"{times.Groups[1].Value}.{times.Groups[2].Value} --> {times.Groups[3].Value}.{times.Groups[4].Value}";
            }
        }

        return cues == 0 ? null : Encoding.UTF8.GetBytes($"WEBVTT\n\n{string.Join('\n', lines).Trim('\n')}\n");
    }

    [GeneratedRegex(@"^WEBVTT([ \t\r\n]|$)", RegexOptions.CultureInvariant)]
    private static partial Regex Header();

    [GeneratedRegex(@"^\s*(\d{2,}:\d{2}:\d{2})[,.](\d{3})\s*-->\s*(\d{2,}:\d{2}:\d{2})[,.](\d{3})", RegexOptions.CultureInvariant)]
    private static partial Regex Times();
}
