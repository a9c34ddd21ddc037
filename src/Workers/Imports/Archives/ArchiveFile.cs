using System.IO.Compression;
using Scalelite.Domain.Imports;
using Scalelite.Workers.Configuration;

namespace Scalelite.Workers.Imports.Archives;

/// <summary>A file of a format in an archive.</summary>
/// <param name="Path">Within the format's folder, with slashes.</param>
/// <param name="ModifiedAt">Epoch seconds.</param>
internal sealed record ArchivedFile(string Path, long Bytes, long ModifiedAt);

/// <summary>An archive as nodes send it: a tar, compressed with gzip or not, of folders <c>{format}/{recordID}</c>.</summary>
internal static class ArchiveFile
{
    /// <summary>What follows the end mark of a tar is zeros, up to a record's length; a compressed one is read through them to its sum.</summary>
    private const int MostAfterEnd = 1 << 20;

    /// <summary>What is told of an archive while it is read.</summary>
    public interface IVisitor
    {
        /// <summary>A format's folder was met for the first time.</summary>
        void Format(ArchivedFormat format);

        /// <summary>A file of a format; what is not read of it is skipped.</summary>
        void File(ArchivedFormat format, ArchivedFile file, TarReading content);
    }

    /// <summary>Reads an archive from its beginning to its end.</summary>
    /// <returns>How many files are in it, and how many bytes they have.</returns>
    /// <exception cref="ArchiveRefusedException">It can't be imported.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static (int Files, long Bytes) Read(string path, ImportSettings limits, IVisitor visitor, CancellationToken cancellation)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 1 << 16, FileOptions.SequentialScan);
        if (file.Length == 0) throw new ArchiveRefusedException("It is empty", endsEarly: true);
        var isCompressed = file.ReadByte() == 0x1F && file.ReadByte() == 0x8B;
        file.Position = 0;
        if (!isCompressed) return Read(file, limits, visitor, cancellation);

        using var tar = new GZipStream(file, CompressionMode.Decompress);
        try
        {
            var counts = Read(tar, limits, visitor, cancellation);
            ReadToEnd(tar);
            return counts;
        }
        catch (InvalidDataException damaged)
        {
            throw new ArchiveRefusedException($"Its compression is damaged: {damaged.Message}", endsEarly: file.Position == file.Length);
        }
    }

    private static (int Files, long Bytes) Read(Stream archive, ImportSettings limits, IVisitor visitor, CancellationToken cancellation)
    {
        var tar = new TarReading(archive);
        var paths = new ArchivePaths();
        var formats = new HashSet<ArchivedFormat>();
        var (entries, files, bytes) = (0, 0, 0L);
        while (tar.Next() is { } entry)
        {
            cancellation.ThrowIfCancellationRequested();
            if (++entries > limits.MostFiles) throw new ArchiveRefusedException($"It holds more than {limits.MostFiles} files");
            if (entry.Bytes > limits.MostBytes - bytes) throw new ArchiveRefusedException($"It holds more than {limits.MostBytes} bytes");
            bytes += entry.Bytes;
            if (paths.Place(entry) is not { } placed) continue;
            if (formats.Add(placed.Format)) visitor.Format(placed.Format);
            if (entry.IsFolder) continue;
            files++;
            visitor.File(placed.Format, new ArchivedFile(placed.Path, entry.Bytes, entry.ModifiedAt), tar);
        }

        return (files, bytes);
    }

    private static void ReadToEnd(Stream tar)
    {
        var rest = new byte[1 << 14];
        for (int read, sum = 0; sum < MostAfterEnd && (read = tar.Read(rest)) > 0;) sum += read;
    }
}
