using System.Formats.Tar;
using System.Text;

namespace Scalelite.Workers.Tests.Imports;

/// <summary>Archives of every kind, good and bad, entry by entry.</summary>
internal sealed class TarBuilder(TarEntryFormat format = TarEntryFormat.Gnu)
{
    private readonly List<TarEntry> _entries = [];

    public static DateTimeOffset ModifiedAt { get; } = new(2026, 3, 1, 10, 0, 0, TimeSpan.Zero);

    /// <summary>A good description of a recording.</summary>
    public static string Metadata(string recordId) =>
        $"""
        <recording><id>{recordId}</id><state>published</state><published>true</published><start_time>1531155809613</start_time><end_time>1531155909613</end_time>
        <meta><meetingId>room</meetingId><meetingName>Room</meetingName></meta>
        <playback><format>notes</format><link>https://node/notes/{recordId}/notes.pdf</link><duration>60000</duration></playback></recording>
        """;

    /// <summary>A tar of one good format, notes, and what else is added before it.</summary>
    public static byte[] Archive(string recordId, Action<TarBuilder>? add = null, string? metadata = null, TarEntryFormat format = TarEntryFormat.Gnu)
    {
        var tar = new TarBuilder(format);
        add?.Invoke(tar);
        return tar.File($"notes/{recordId}/metadata.xml", metadata ?? Metadata(recordId)).File($"notes/{recordId}/notes.pdf", "a pdf").ToBytes();
    }

    public TarBuilder File(string name, string content, int mode = 0b110_100_100) => File(name, Encoding.UTF8.GetBytes(content), mode);

    public TarBuilder File(string name, byte[] content, int mode = 0b110_100_100)
    {
        var entry = Entry(format == TarEntryFormat.V7 ? TarEntryType.V7RegularFile : TarEntryType.RegularFile, name, mode);
        entry.DataStream = new MemoryStream(content, writable: false);
        return this;
    }

    public TarBuilder Folder(string name, int mode = 0b111_101_101)
    {
        Entry(TarEntryType.Directory, name.EndsWith('/') ? name : name + "/", mode);
        return this;
    }

    public TarBuilder Link(TarEntryType type, string name, string target)
    {
        Entry(type, name, 0b111_111_111).LinkName = target;
        return this;
    }

    public TarBuilder Other(TarEntryType type, string name)
    {
        Entry(type, name, 0b110_100_100);
        return this;
    }

    public byte[] ToBytes()
    {
        using var bytes = new MemoryStream();
        using (var writer = new TarWriter(bytes, format, leaveOpen: true))
        {
            foreach (var entry in _entries) writer.WriteEntry(entry);
        }

        return bytes.ToArray();
    }

    private TarEntry Entry(TarEntryType type, string name, int mode)
    {
        TarEntry entry = format switch
        {
            TarEntryFormat.V7 => new V7TarEntry(type, name),
            TarEntryFormat.Ustar => new UstarTarEntry(type, name),
            TarEntryFormat.Pax => new PaxTarEntry(type, name),
            _ => new GnuTarEntry(type, name),
        };
        (entry.Mode, entry.ModificationTime) = ((UnixFileMode)mode, ModifiedAt);
        _entries.Add(entry);
        return entry;
    }
}
