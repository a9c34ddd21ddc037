using System.Globalization;
using System.Text;

namespace Scalelite.Workers.Imports.Archives;

/// <summary>A file or folder in an archive.</summary>
/// <param name="Name">As the archive has it.</param>
/// <param name="Bytes">Of content; 0 for a folder.</param>
/// <param name="ModifiedAt">Epoch seconds.</param>
internal sealed record TarEntry(string Name, bool IsFolder, long Bytes, long ModifiedAt);

/// <summary>
/// Reads a tar archive strictly: names that are not UTF-8, links, devices and sparse files are refused, and an archive without its
/// end mark is known as cut off. The library's own reader replaces bytes that are not UTF-8, takes a cut between two files for the end,
/// and reads extended headers of any size into memory.
/// </summary>
internal sealed class TarReading(Stream archive)
{
    private const int MostOfExtendedHeader = 1 << 20;

    private readonly byte[] _block = new byte[TarHeader.Bytes];
    private readonly byte[] _discarded = archive.CanSeek ? [] : new byte[1 << 16];
    private long _left;
    private long _padding;
    private int _extended;

    /// <summary>The next file or folder; null at the archive's end. What was not read of the one before is skipped.</summary>
    /// <exception cref="ArchiveRefusedException">It is no tar archive, is cut off, or holds what is refused.</exception>
    public TarEntry? Next()
    {
        string? name = null;
        long? size = null;
        while (true)
        {
            Skip(_left + _padding);
            (_left, _padding) = (0, 0);
            Fill(_block);
            var header = new TarHeader(_block);
            if (header.IsEmpty) return null;
            if (!header.IsWhole) throw new ArchiveRefusedException("It is no tar archive, or a damaged one: a header's sum is wrong");
            SetContent(header.Size);
            switch (header.Type)
            {
                case 'L':
                    name = TarHeader.Text(ExtendedHeader());
                    break;
                case 'x':
                    foreach (var (key, value) in PaxRecords(ExtendedHeader()))
                    {
                        if (key == "path") name = value;
                        else if (key == "size") size = long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var bytes) ? bytes : -1;
                        else if (key.StartsWith("GNU.sparse", StringComparison.Ordinal)) throw Refused(name ?? header.Name, "a sparse file");
                    }

                    break;
                case 'g':
                    if (PaxRecords(ExtendedHeader()).Any(record => record.Key is "path" or "size"))
                        throw new ArchiveRefusedException("Its global header names a path or a size");
                    break;
                default:
                    return Entry(header, name ?? header.Name, size);
            }
        }
    }

    /// <summary>Reads on in the content of the last entry; 0 at its end.</summary>
    public int Read(Span<byte> buffer)
    {
        if (_left == 0 || buffer.Length == 0) return 0;
        var read = archive.Read(buffer[..(int)Math.Min(buffer.Length, _left)]);
        if (read == 0) throw CutOff();
        _left -= read;
        return read;
    }

    private static ArchiveRefusedException CutOff() => new("It ends before its end: cut off, or still being written", endsEarly: true);

    private static ArchiveRefusedException Refused(string name, string what) => new($"{TarHeader.Printable(name)} is {what}");

    private TarEntry Entry(TarHeader header, string name, long? size)
    {
        var isFolder = header.Type switch
        {
            '0' or '\0' or '7' => name.EndsWith('/'),
            '5' => true,
            '1' => throw Refused(name, "a hard link"),
            '2' => throw Refused(name, "a symbolic link"),
            '3' or '4' => throw Refused(name, "a device"),
            '6' => throw Refused(name, "a pipe"),
            'S' => throw Refused(name, "a sparse file"),
            var other => throw Refused(name, $"of a type that is not known, {(int)other}"),
        };
        if (size is { } real) SetContent(real);
        _extended = 0;
        return new TarEntry(name, isFolder, isFolder ? 0 : _left, header.ModifiedAt);
    }

    private void SetContent(long size)
    {
        if (size < 0) throw new ArchiveRefusedException("It is no tar archive, or a damaged one: a size is no number");
        if (size > long.MaxValue - TarHeader.Bytes) throw new ArchiveRefusedException("It names a size that cannot be");
        (_left, _padding) = (size, (TarHeader.Bytes - (size % TarHeader.Bytes)) % TarHeader.Bytes);
    }

    private byte[] ExtendedHeader()
    {
        if (_left > MostOfExtendedHeader || ++_extended > 8) throw new ArchiveRefusedException("Its extended headers are too long");
        var content = new byte[_left];
        Fill(content);
        _left = 0;
        return content;
    }

    private static List<KeyValuePair<string, string>> PaxRecords(byte[] content)
    {
        var records = new List<KeyValuePair<string, string>>();
        for (var at = 0; at < content.Length && content[at] != 0;)
        {
            var space = content.AsSpan(at).IndexOf((byte)' ');
            if (space is <= 0 or > 7
                || !int.TryParse(content.AsSpan(at, space), NumberStyles.None, CultureInfo.InvariantCulture, out var length)
                || length <= space + 1 || at + length > content.Length)
            {
                throw new ArchiveRefusedException("It is a damaged tar archive: an extended header is not well formed");
            }

            var record = content.AsSpan(at + space + 1, length - space - 2);
            var equals = record.IndexOf((byte)'=');
            if (equals > 0)
            {
                var key = Encoding.Latin1.GetString(record[..equals]);
                // Other values, owners' names for one, may be anything.
                records.Add(new(key, key is "path" or "size" ? PaxText(record[(equals + 1)..]) : ""));
            }

            at += length;
        }

        return records;
    }

    private static string PaxText(ReadOnlySpan<byte> value) =>
        value.Contains((byte)0) ? throw new ArchiveRefusedException("A name holds a NUL") : TarHeader.Text(value);

    private void Fill(Span<byte> buffer)
    {
        if (archive.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false) < buffer.Length) throw CutOff();
    }

    private void Skip(long bytes)
    {
        if (bytes == 0) return;
        if (archive.CanSeek)
        {
            if (archive.Position + bytes > archive.Length) throw CutOff();
            archive.Position += bytes;
            return;
        }

        while (bytes > 0)
        {
            var read = archive.Read(_discarded, 0, (int)Math.Min(bytes, _discarded.Length));
            if (read == 0) throw CutOff();
            bytes -= read;
        }
    }
}
