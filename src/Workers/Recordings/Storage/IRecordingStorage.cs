using Scalelite.Domain.Recordings;

namespace Scalelite.Workers.Recordings.Storage;

/// <summary>A format's folder: <c>{format}/{recordID}</c>, in one place or the other.</summary>
public readonly record struct FormatFolder(RecordingPlace Place, string Format, string RecordId);

/// <summary>A file of a format.</summary>
/// <param name="Path">Relative to the format's folder, with slashes.</param>
public sealed record StoredFile(string Path, long Bytes, DateTimeOffset ModifiedAt);

/// <summary>A format that is unpacked on this machine, and where it goes.</summary>
/// <param name="Import">The import that it came with.</param>
/// <param name="Staged">Full path of the folder that holds its files.</param>
/// <param name="Target">What it becomes: a full path or a prefix, as <see cref="IRecordingStorage.TargetOf"/> named it.</param>
/// <param name="Aside">What an older one in its place is kept as until <see cref="IRecordingStorage.ForgetAsideAsync"/>.</param>
public sealed record StagedFolder(Guid Import, FormatFolder Folder, string Staged, string Target, string Aside)
{
    /// <summary>
    /// What the folder is marked with (<see cref="Manifest.ImportFileName"/>): its import and the name of its staging. An archive that was
    /// mended in quarantine comes again as the same import, and is another staging.
    /// </summary>
    internal string Mark => $"{Import} {Path.GetFileName(Staged)}";
}

/// <summary>
/// Where recordings' files lie: folders (<c>DiskStorage</c>) or a bucket (<c>BucketStorage</c>). Every operation can be repeated: after
/// a crash at any point, doing it again gives what doing it once gives. Names were checked before they come here.
/// </summary>
public interface IRecordingStorage
{
    /// <summary>A fresh full path, on the target's volume where that is a disk, to unpack a format of an import to.</summary>
    StagedFolder TargetOf(Guid import, FormatFolder folder);

    /// <summary>
    /// Puts a staged format in place of an older one, whichever place that one is in. An older one in the same place is kept aside; one in
    /// the other place is removed. The folder is marked (<see cref="StagedFolder.Mark"/>), so that doing it again knows its own work from
    /// another's. Held meanwhile: <see cref="RecordingLock"/>.
    /// </summary>
    /// <exception cref="StagingLostException">What was staged is gone and not in place: it is to be staged anew.</exception>
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

    /// <summary>Writes a file, whole or not at all, in place of an older one. Others call <c>RecordingFiles.StoreAsync</c>, which keeps the manifest.</summary>
    /// <exception cref="DirectoryNotFoundException">There is no such format in that place.</exception>
    Task WriteAsync(FormatFolder folder, string path, Stream content, CancellationToken cancellation);

    /// <summary>Takes a folder that the catalog does not know out of its place, and keeps it under <c>.scalelite/orphans</c>.</summary>
    Task SetAsideAsync(FormatFolder folder, CancellationToken cancellation);

    /// <summary>
    /// Where a player gets a file: a path on this machine, or a URL that opens it for a while. Whether the recording may be played is
    /// for the caller to know; the path of a dot-file or one that leads out of the folder has no location.
    /// </summary>
    /// <param name="headers">What a URL's answer says of itself; for a file the caller says it.</param>
    /// <param name="life">How long a URL opens the file.</param>
    /// <returns>Null where a disk has no such file. A bucket is not asked: its own answer says so.</returns>
    Task<PlaybackLocation?> LocateAsync(FormatFolder folder, string path, PlaybackHeaders headers, TimeSpan life, CancellationToken cancellation);
}
