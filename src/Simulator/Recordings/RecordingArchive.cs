using System.Formats.Tar;
using System.IO.Compression;

namespace Scalelite.Simulator.Recordings;

/// <summary>
/// What a node's post_publish hook sends: a GNU tar, not compressed, of <c>{format}/{recordID}</c> for every format that the node has published
/// so far (<c>bbb-api.md §6.1</c>). It is sent again, under the same name, with each further format.
/// </summary>
public sealed record RecordingArchive(RecordedMeeting Meeting, IReadOnlyList<RecordedFormat> Formats)
{
    /// <summary>What tar fills its last record up to.</summary>
    private const int TarRecord = 20 * 512;

    /// <summary>Compressed with gzip, which no hook of BBB does, but people's scripts do.</summary>
    public bool Compressed { get; init; }

    /// <summary><c>{recordID}.tar</c>, or <c>.tar.gz</c>.</summary>
    public string Name => $"{Meeting.RecordId}.tar{(Compressed ? ".gz" : "")}";

    /// <summary>A recording in BBB's usual formats, presentation and video.</summary>
    public static RecordingArchive Of(RecordedMeeting meeting) => new(meeting, [RecordedFormats.Presentation(meeting), RecordedFormats.Video(meeting)]);

    /// <summary>The archive's bytes.</summary>
    public async Task<byte[]> ToBytesAsync(CancellationToken cancellation = default)
    {
        using var tar = new MemoryStream();
        await using (var writer = new TarWriter(tar, TarEntryFormat.Gnu, leaveOpen: true))
        {
            foreach (var format in Formats) await WriteAsync(writer, format, cancellation).ConfigureAwait(false);
        }

        tar.SetLength((tar.Length + TarRecord - 1) / TarRecord * TarRecord);
        if (!Compressed) return tar.ToArray();
        using var compressed = new MemoryStream();
        await using (var gzip = new GZipStream(compressed, CompressionLevel.Fastest, leaveOpen: true))
        {
            tar.Position = 0;
            await tar.CopyToAsync(gzip, cancellation).ConfigureAwait(false);
        }

        return compressed.ToArray();
    }

    /// <summary>Puts the archive into a folder as rsync does: under a name with a dot while it grows, then renamed, over an older one if need be.</summary>
    /// <returns>The file's full path.</returns>
    /// <exception cref="IOException">The folder is not there, or cannot be written.</exception>
    public async Task<string> DropIntoAsync(string folder, CancellationToken cancellation = default)
    {
        var growing = Path.Combine(folder, $".{Name}.{Path.GetRandomFileName()}");
        try
        {
            await File.WriteAllBytesAsync(growing, await ToBytesAsync(cancellation).ConfigureAwait(false), cancellation).ConfigureAwait(false);
            var path = Path.GetFullPath(Path.Combine(folder, Name));
            File.Move(growing, path, overwrite: true);
            return path;
        }
        catch
        {
            File.Delete(growing);
            throw;
        }
    }

    private async Task WriteAsync(TarWriter tar, RecordedFormat format, CancellationToken cancellation)
    {
        var folder = $"{format.Name}/{Meeting.RecordId}/";
        var folders = new HashSet<string>(StringComparer.Ordinal);
        var metadata = MetadataXml.Of(Meeting, format);
        IEnumerable<ArchivedFile> files = metadata.Length == 0 ? format.Files : [new("metadata.xml", metadata), .. format.Files];
        foreach (var file in files.DefaultIfEmpty())
        {
            var path = folder + file?.Path;
            for (var slash = path.IndexOf('/', StringComparison.Ordinal); slash >= 0; slash = path.IndexOf('/', slash + 1))
            {
                if (folders.Add(path[..(slash + 1)])) await tar.WriteEntryAsync(Entry(TarEntryType.Directory, path[..(slash + 1)]), cancellation).ConfigureAwait(false);
            }

            if (file is null) continue;
            using var content = new MemoryStream(file.Content.ToArray(), writable: false);
            var entry = Entry(TarEntryType.RegularFile, path);
            entry.DataStream = content;
            await tar.WriteEntryAsync(entry, cancellation).ConfigureAwait(false);
        }
    }

    private GnuTarEntry Entry(TarEntryType type, string path) => new(type, path)
    {
        Mode = (UnixFileMode)(type == TarEntryType.Directory ? 0b111_101_101 : 0b110_100_100),
        ModificationTime = Meeting.EndTime,
        Uid = 998,
        Gid = 998,
        UserName = "bigbluebutton",
        GroupName = "bigbluebutton",
    };
}
