using System.Security.Cryptography;
using Scalelite.Domain.Imports;
using Scalelite.Workers.Configuration;
using Scalelite.Workers.Recordings.Storage;

namespace Scalelite.Workers.Imports.Archives;

/// <summary>
/// Unpacks one format of an archive to a folder, and flushes all of it to the disk. Files are ours, readable by all and writable by us
/// (0644, folders 0755), whatever owners and modes the archive names; their times are the archive's.
/// </summary>
internal sealed class ArchiveUnpacking : ArchiveFile.IVisitor
{
    private const UnixFileMode FolderMode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
        | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;

    private const UnixFileMode FileMode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    /// <summary>Later times than these are a mistake.</summary>
    private static readonly long LatestSecond = new DateTimeOffset(2200, 1, 1, 0, 0, 0, TimeSpan.Zero).ToUnixTimeSeconds();

    private readonly ArchivedFormat _format;
    private readonly string _folder;
    private readonly CancellationToken _cancellation;
    private readonly byte[] _buffer = new byte[1 << 17];
    private readonly HashSet<string> _folders = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ManifestLine> _files = new(StringComparer.Ordinal);

    private ArchiveUnpacking(ArchivedFormat format, string folder, CancellationToken cancellation) =>
        (_format, _folder, _cancellation) = (format, folder, cancellation);

    /// <summary>Unpacks; the manifest is written last.</summary>
    /// <param name="archive">The archive's path.</param>
    /// <param name="folder">A full path that does not exist.</param>
    /// <exception cref="ArchiveRefusedException">The archive can't be imported.</exception>
    /// <exception cref="IOException">It cannot be read, or the folder not be written.</exception>
    public static async Task UnpackAsync(string archive, ArchivedFormat format, string folder, ImportSettings limits, CancellationToken cancellation)
    {
        var unpacking = new ArchiveUnpacking(format, folder, cancellation);
        await Task.Run(() => unpacking.Unpack(archive, limits), cancellation);
        await Manifest.WriteAsync(folder, unpacking._files.Values, cancellation);
        if (!OperatingSystem.IsWindows()) System.IO.File.SetUnixFileMode(Path.Combine(folder, Manifest.FileName), FileMode);
        await Task.Run(unpacking.FlushFolders, cancellation);
    }

    /// <inheritdoc/>
    public void Format(ArchivedFormat format)
    {
    }

    /// <inheritdoc/>
    public void File(ArchivedFormat format, ArchivedFile file, TarReading content)
    {
        // What another instance of us wrote beside the files is of its own import.
        if (format != _format || Manifest.IsOwnFile(file.Path)) return;
        var path = Path.Combine(_folder, file.Path);
        Make(Path.GetDirectoryName(path)!);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        using (var written = new FileStream(path, System.IO.FileMode.Create, FileAccess.Write, FileShare.None, 0))
        {
            for (int read; (read = content.Read(_buffer)) > 0;)
            {
                _cancellation.ThrowIfCancellationRequested();
                hash.AppendData(_buffer, 0, read);
                written.Write(_buffer, 0, read);
            }

            written.Flush(flushToDisk: true);
            if (written.Length != file.Bytes) throw new IOException($"{path} has {written.Length} bytes instead of {file.Bytes}");
        }

        if (!OperatingSystem.IsWindows()) System.IO.File.SetUnixFileMode(path, FileMode);
        if (file.ModifiedAt > 0 && file.ModifiedAt < LatestSecond)
            System.IO.File.SetLastWriteTimeUtc(path, DateTimeOffset.FromUnixTimeSeconds(file.ModifiedAt).UtcDateTime);
        _files[file.Path] = new ManifestLine(file.Path, file.Bytes, Convert.ToHexStringLower(hash.GetHashAndReset()));
    }

    private void Unpack(string archive, ImportSettings limits)
    {
        DurableFolders.Make(Path.GetDirectoryName(_folder)!);
        Make(_folder);
        ArchiveFile.Read(archive, limits, this, _cancellation);
    }

    private void Make(string folder)
    {
        if (!_folders.Add(folder)) return;
        if (folder.Length > _folder.Length) Make(Path.GetDirectoryName(folder)!);
        Directory.CreateDirectory(folder);
        if (!OperatingSystem.IsWindows()) System.IO.File.SetUnixFileMode(folder, FolderMode);
    }

    private void FlushFolders()
    {
        foreach (var folder in _folders) DurableFolders.Flush(folder);
        DurableFolders.Flush(Path.GetDirectoryName(_folder)!);
    }
}
