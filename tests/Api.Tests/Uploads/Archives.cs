using System.Formats.Tar;
using System.Globalization;

namespace Scalelite.Api.Tests.Uploads;

/// <summary>Small archives of a recording.</summary>
internal static class Archives
{
    private static int last;

    /// <summary>A recording of one format, notes.</summary>
    /// <param name="more">Bytes of one more file, <c>big</c>.</param>
    public static (string Id, byte[] Archive) Notes(int more = 0, string? recordId = null)
    {
        var id = recordId ?? $"{Guid.NewGuid():n}-{(1531155809613 + Interlocked.Increment(ref last)).ToString(CultureInfo.InvariantCulture)}";
        using var bytes = new MemoryStream();
        using (var tar = new TarWriter(bytes, TarEntryFormat.Gnu, leaveOpen: true))
        {
            foreach (var (name, content) in Files(id, more))
                tar.WriteEntry(new GnuTarEntry(TarEntryType.RegularFile, $"notes/{id}/{name}") { DataStream = new MemoryStream(content) });
        }

        return (id, bytes.ToArray());
    }

    /// <summary>The files of the format.</summary>
    public static IEnumerable<(string Name, byte[] Content)> Files(string id, int more)
    {
        yield return ("metadata.xml", System.Text.Encoding.UTF8.GetBytes(
            $"""
            <recording><id>{id}</id><state>published</state><published>true</published><start_time>1531155809613</start_time><end_time>1531155909613</end_time>
            <meta><meetingId>room</meetingId><meetingName>Room</meetingName></meta>
            <playback><format>notes</format><link>https://node/notes/{id}/notes.pdf</link><duration>60000</duration></playback></recording>
            """));
        yield return ("notes.pdf", "a pdf"u8.ToArray());
        if (more > 0) yield return ("big", new byte[more]);
    }
}
