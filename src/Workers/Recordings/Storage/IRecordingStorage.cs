using Scalelite.Domain.Recordings;

namespace Scalelite.Workers.Recordings.Storage;

/// <summary>A format's folder: <c>{format}/{recordID}</c>, in one place or the other.</summary>
public readonly record struct FormatFolder(RecordingPlace Place, string Format, string RecordId);

/// <summary>A file of a format.</summary>
/// <param name="Path">Relative to the format's folder, with slashes.</param>
public sealed record StoredFile(string Path, long Bytes, DateTimeOffset ModifiedAt);

/// <summary>A format that is unpacked on this machine, and where it goes.</summary>
/// <param name="Staged">Full path of the folder that holds its files.</param>
/// <param name="Target">What it becomes: a full path or a prefix, as <see cref="IRecordingStorage.TargetOf"/> named it.</param>
/// <param name="Aside">What an older one in its place is kept as until <see cref="IRecordingStorage.ForgetAsideAsync"/>.</param>
public sealed record StagedFolder(FormatFolder Folder, string Staged, string Target, string Aside);

/// <summary>
/// Where recordings' files lie: folders (<c>DiskStorage</c>) or a bucket (<c>BucketStorage</c>). Every operation can be repeated: after
/// a crash at any point, doing it again gives what doing it once gives. Names were checked before they come here.
/// </summary>
public interface IRecordingStorage
{
    /// <summary>A fresh full path, on the target's volume where that is a disk, to unpack a format of an import to.</summary>
    StagedFolder TargetOf(Guid import, FormatFolder folder);

    /// <summary>
    /// Puts a staged format in place of an older one, whichever place that one is in. An older one in the same place is kept aside; one in the other place is removed.
    /// </summary>
    Task PutInPlaceAsync(StagedFolder staged, CancellationToken cancellation);

    /// <summary>Removes what was kept aside and what is left of the staging of an import.</summary>
    Task ForgetAsideAsync(Guid import, CancellationToken cancellation);

    /// <summary>Moves a format to this place, wherever it is. Nothing where it is there already.</summary>
    /// <returns>False where there are no files in either place.</returns>
    Task<bool> MoveAsync(string recordId, string format, RecordingPlace to, CancellationToken cancellation);

    /// <summary>Removes a format's files, wherever they are.</summary>
    Task RemoveAsync(string recordId, string format, CancellationToken cancellation);

    /// <summary>Every format that has a folder, in no order.</summary>
    IAsyncEnumerable<FormatFolder> FoldersAsync(CancellationToken cancellation);

    /// <summary>The files of a format; none where there is no such folder. The manifest and other dot-files are among them.</summary>
    IAsyncEnumerable<StoredFile> FilesAsync(FormatFolder folder, CancellationToken cancellation);

    /// <summary>Opens a file for reading; null where there is none.</summary>
    Task<Stream?> OpenAsync(FormatFolder folder, string path, CancellationToken cancellation);

    /// <summary>Writes a file, whole or not at all.</summary>
    Task WriteAsync(FormatFolder folder, string path, Stream content, CancellationToken cancellation);
}
