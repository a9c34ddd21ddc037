using Scalelite.BigBlueButton.Recordings;
using Scalelite.Domain.Imports;
using Scalelite.Workers.Configuration;

namespace Scalelite.Workers.Imports.Archives;

/// <summary>A format in an archive.</summary>
/// <param name="Metadata">What its <c>metadata.xml</c> says; null where it is refused.</param>
/// <param name="Refusal">Why it can't be imported; null where it can.</param>
internal sealed record CheckedFormat(ArchivedFormat Format, RecordingMetadata? Metadata, string? Refusal);

/// <summary>What was found in an archive.</summary>
/// <param name="Bytes">Unpacked.</param>
internal sealed record CheckedArchive(IReadOnlyList<CheckedFormat> Formats, int Files, long Bytes);

/// <summary>Reads an archive to its end without writing anything.</summary>
internal sealed class ArchiveCheck : ArchiveFile.IVisitor
{
    private const int MostOfMetadata = RecordingMetadata.MostCharacters;

    private readonly Dictionary<ArchivedFormat, CheckedFormat?> _formats = [];

    /// <exception cref="ArchiveRefusedException">It can't be imported.</exception>
    public static CheckedArchive Read(string path, ImportSettings limits, CancellationToken cancellation)
    {
        var check = new ArchiveCheck();
        var (files, bytes) = ArchiveFile.Read(path, limits, check, cancellation);
        if (check._formats.Count == 0) throw new ArchiveRefusedException("It holds nothing");
        if (check._formats.Values.All(format => format is null)) throw new ArchiveRefusedException($"There is no {RecordingMetadata.FileName} in it");
        var found = check._formats.Select(format => format.Value ?? new CheckedFormat(format.Key, null, $"it has no {RecordingMetadata.FileName}")).ToList();
        if (found.All(format => format.Refusal is not null))
            throw new ArchiveRefusedException(string.Join("; ", found.Select(f => $"{f.Format.Format}/{f.Format.RecordId}: {f.Refusal}")));
        return new CheckedArchive(found, files, bytes);
    }

    /// <inheritdoc/>
    public void Format(ArchivedFormat format) => _formats.TryAdd(format, null);

    /// <inheritdoc/>
    public void File(ArchivedFormat format, ArchivedFile file, TarReading content)
    {
        if (file.Path == RecordingMetadata.FileName) _formats[format] = Judge(format, file, content);
    }

    private static CheckedFormat Judge(ArchivedFormat format, ArchivedFile file, TarReading content)
    {
        if (file.Bytes > MostOfMetadata) return new CheckedFormat(format, null, $"its {RecordingMetadata.FileName} is too long");
        var xml = new byte[file.Bytes];
        for (int at = 0, read; at < xml.Length; at += read) read = content.Read(xml.AsSpan(at));
        return !RecordingMetadata.TryRead(new MemoryStream(xml, writable: false), out var metadata, out var why)
            ? new CheckedFormat(format, null, $"of its {RecordingMetadata.FileName}, {why}")
            : metadata.Recording.RecordId != format.RecordId
                ? new CheckedFormat(format, null, $"its {RecordingMetadata.FileName} describes {TarHeader.Printable(metadata.Recording.RecordId)}")
                : new CheckedFormat(format, metadata, null);
    }
}
