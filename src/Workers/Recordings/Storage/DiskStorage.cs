using System.Runtime.CompilerServices;
using Scalelite.Domain.Recordings;
using Scalelite.Workers.Configuration;

namespace Scalelite.Workers.Recordings.Storage;

/// <summary>
/// Recordings in two folders, as Scalelite lays them out: <c>{RECORDING_PUBLISH_DIR or RECORDING_UNPUBLISH_DIR}/{format}/{recordID}</c>.
/// They may be on two volumes. What is not in its place yet, or not any more, lies in <c>.scalelite</c> on the same volume:
/// <c>staging</c>, <c>aside</c>, <c>moving</c>, <c>removed</c>, <c>orphans</c>, so that whatever appears or vanishes does so by one rename.
/// </summary>
public sealed class DiskStorage : IRecordingStorage
{
    /// <summary>The folder for what is not in its place.</summary>
    internal const string OwnFolder = ".scalelite";

    private readonly string _published;
    private readonly string _unpublished;
    private readonly Action _step;

    /// <param name="settings">The two folders; they need not exist.</param>
    public DiskStorage(RecordingSettings settings)
        : this(settings, () => { })
    {
    }

    /// <param name="step">Called before every change to the disk: a test dies there.</param>
    internal DiskStorage(RecordingSettings settings, Action step) =>
        (_published, _unpublished, _step) = (Path.GetFullPath(settings.PublishFolder), Path.GetFullPath(settings.UnpublishFolder), step);

    /// <inheritdoc/>
    public StagedFolder TargetOf(Guid import, FormatFolder folder) => new(
        import,
        folder,
        Path.Combine(Own(folder.Place, "staging"), import.ToString(), folder.Format, folder.RecordId),
        PathOf(folder),
        Path.Combine(Own(folder.Place, "aside"), import.ToString(), folder.Format, folder.RecordId));

    /// <inheritdoc/>
    public async Task PutInPlaceAsync(StagedFolder staged, CancellationToken cancellation)
    {
        if (Directory.Exists(staged.Staged))
        {
            await MarkAsync(staged, cancellation);
            if (Directory.Exists(staged.Target))
            {
                Remove(staged.Aside);
                Rename(staged.Target, staged.Aside);
            }

            Rename(staged.Staged, staged.Target);
        }
        else if (!await IsFromAsync(staged, cancellation))
        {
            if (!Directory.Exists(staged.Target) && Directory.Exists(staged.Aside)) Rename(staged.Aside, staged.Target);
            throw new StagingLostException($"{staged.Staged} is gone, and {staged.Target} is not from it");
        }

        var elsewhere = staged.Folder with { Place = Other(staged.Folder.Place) };
        Discard(elsewhere);
        // A move that was interrupted would bring back what has been replaced.
        DiscardMoving(elsewhere);
        DiscardMoving(staged.Folder);
    }

    /// <inheritdoc/>
    public Task ForgetAsideAsync(Guid import, CancellationToken cancellation) => Task.Run(
        () =>
        {
            foreach (var place in Enum.GetValues<RecordingPlace>())
            {
                Remove(Path.Combine(Own(place, "aside"), import.ToString()));
                Remove(Path.Combine(Own(place, "staging"), import.ToString()));
            }
        },
        cancellation);

    /// <inheritdoc/>
    public async Task<bool> MoveAsync(string recordId, string format, RecordingPlace to, CancellationToken cancellation)
    {
        var there = new FormatFolder(to, format, recordId);
        var here = there with { Place = Other(to) };
        var (source, target) = (PathOf(here), PathOf(there));
        var leaving = Moving(here);

        // A move away from there did not get to its end: what it left behind is whole, what it made may not be.
        var returning = Moving(there);
        if (Directory.Exists(returning))
        {
            if (Directory.Exists(target)) DiscardMoving(there);
            else Rename(returning, target);
            Discard(here);
            return true;
        }

        if (Directory.Exists(source))
        {
            // What the catalog knows lies at the source; the rest of an import that was interrupted gives way and is staged anew.
            DiscardMoving(here);
            Discard(there);
            if (TryRename(source, target)) return true;
            Rename(source, leaving);
        }

        if (!Directory.Exists(leaving)) return Directory.Exists(target);
        if (!Directory.Exists(target))
        {
            var copy = Path.Combine(Own(to, "staging"), "moving", format, recordId);
            Remove(copy);
            try
            {
                await CopyAsync(leaving, copy, cancellation);
            }
            catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
            {
                // Half of a copy would keep a full disk full.
                TryRemove(copy);
                throw;
            }

            Rename(copy, target);
        }

        DiscardMoving(here);
        return true;
    }

    /// <inheritdoc/>
    public Task RemoveAsync(string recordId, string format, CancellationToken cancellation) => Task.Run(
        () =>
        {
            // On a machine without the volumes, files would be taken for removed.
            if (!Directory.Exists(_published) && !Directory.Exists(_unpublished)) throw new DirectoryNotFoundException($"There is neither {_published} nor {_unpublished}");
            foreach (var place in Enum.GetValues<RecordingPlace>())
            {
                var folder = new FormatFolder(place, format, recordId);
                Discard(folder);
                DiscardMoving(folder);
                Remove(Path.Combine(Own(place, "staging"), "moving", format, recordId));
            }
        },
        cancellation);

    /// <inheritdoc/>
    public async IAsyncEnumerable<FormatFolder> FoldersAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        await Task.CompletedTask;
        foreach (var place in Enum.GetValues<RecordingPlace>())
        {
            foreach (var format in Names(Root(place)))
            {
                foreach (var recordId in Names(Path.Combine(Root(place), format)))
                {
                    cancellation.ThrowIfCancellationRequested();
                    yield return new FormatFolder(place, format, recordId);
                }
            }
        }
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<StoredFile> FilesAsync(FormatFolder folder, [EnumeratorCancellation] CancellationToken cancellation)
    {
        await Task.CompletedTask;
        var root = new DirectoryInfo(PathOf(folder));
        if (!root.Exists) yield break;
        foreach (var file in root.EnumerateFiles("*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = 0, IgnoreInaccessible = false }))
        {
            cancellation.ThrowIfCancellationRequested();
            var path = Path.GetRelativePath(root.FullName, file.FullName).Replace(Path.DirectorySeparatorChar, '/');
            yield return new StoredFile(path, file.Length, file.LastWriteTimeUtc);
        }
    }

    /// <inheritdoc/>
    public Task<Stream?> OpenAsync(FormatFolder folder, string path, CancellationToken cancellation)
    {
        if (!FormatPath.IsWithin(path)) return Task.FromResult<Stream?>(null);
        try
        {
            return Task.FromResult<Stream?>(new FileStream(
                Path.Combine(PathOf(folder), path), FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 0, FileOptions.Asynchronous));
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return Task.FromResult<Stream?>(null);
        }
    }

    /// <inheritdoc/>
    public async Task WriteAsync(FormatFolder folder, string path, Stream content, CancellationToken cancellation)
    {
        if (!FormatPath.IsWithin(path)) throw new ArgumentException($"'{path}' leads out of the folder", nameof(path));
        var root = PathOf(folder);
        if (!Directory.Exists(root)) throw new DirectoryNotFoundException($"There is no {root}");
        var written = Path.Combine(Own(folder.Place, "staging"), "writing", Guid.NewGuid().ToString());
        DurableFolders.Make(Path.GetDirectoryName(written)!);
        try
        {
            await using (var file = new FileStream(written, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1 << 16, FileOptions.Asynchronous))
            {
                await content.CopyToAsync(file, cancellation);
                await file.FlushAsync(cancellation);
                file.Flush(flushToDisk: true);
            }

            var target = Path.Combine(root, path);
            DurableFolders.Make(Path.GetDirectoryName(target)!);
            File.Move(written, target, overwrite: true);
            DurableFolders.Flush(Path.GetDirectoryName(target)!);
        }
        catch
        {
            File.Delete(written);
            throw;
        }
    }

    /// <inheritdoc/>
    public Task SetAsideAsync(FormatFolder folder, CancellationToken cancellation)
    {
        var source = PathOf(folder);
        if (!Directory.Exists(source)) return Task.CompletedTask;
        var kept = Path.Combine(Own(folder.Place, "orphans"), folder.Format, folder.RecordId);
        for (var n = 2; Directory.Exists(kept); n++) kept = Path.Combine(Own(folder.Place, "orphans"), folder.Format, $"{folder.RecordId}.{n}");
        Rename(source, kept);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task<PlaybackLocation?> LocateAsync(
        FormatFolder folder, string path, PlaybackHeaders headers, TimeSpan life, CancellationToken cancellation)
    {
        if (!FormatPath.IsPlayable(path)) return Task.FromResult<PlaybackLocation?>(null);
        var file = Path.Combine(PathOf(folder), path);
        return Task.FromResult<PlaybackLocation?>(File.Exists(file) ? new PlaybackLocation.OnDisk(file) : null);
    }

    private static RecordingPlace Other(RecordingPlace place) =>
        place == RecordingPlace.Published ? RecordingPlace.Unpublished : RecordingPlace.Published;

    private static async Task MarkAsync(StagedFolder staged, CancellationToken cancellation)
    {
        var mark = Path.Combine(staged.Staged, Manifest.ImportFileName);
        await using (var file = new FileStream(mark, FileMode.Create, FileAccess.Write))
        {
            await file.WriteAsync(System.Text.Encoding.UTF8.GetBytes(staged.Mark), cancellation);
            file.Flush(flushToDisk: true);
        }

        DurableFolders.Flush(staged.Staged);
    }

    private static async Task<bool> IsFromAsync(StagedFolder staged, CancellationToken cancellation)
    {
        var mark = Path.Combine(staged.Target, Manifest.ImportFileName);
        return File.Exists(mark) && await File.ReadAllTextAsync(mark, cancellation) == staged.Mark;
    }

    private static void TryRemove(string folder)
    {
        try
        {
            DurableFolders.Remove(folder);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // The next try does it.
        }
    }

    private static IEnumerable<string> Names(string folder) =>
        Directory.Exists(folder)
            ? new DirectoryInfo(folder).EnumerateDirectories().Select(found => found.Name).Where(name => name[0] != '.')
            : [];

    /// <summary>Takes a format out of its place at once, then removes it.</summary>
    private void Discard(FormatFolder folder) => Discard(PathOf(folder), folder);

    /// <summary>Removes what an interrupted move left.</summary>
    private void DiscardMoving(FormatFolder folder) => Discard(Moving(folder), folder);

    private void Discard(string path, FormatFolder folder)
    {
        var removed = Path.Combine(Own(folder.Place, "removed"), folder.Format, folder.RecordId);
        Remove(removed);
        if (!Directory.Exists(path)) return;
        Rename(path, removed);
        Remove(removed);
    }

    private void Rename(string from, string to)
    {
        _step();
        DurableFolders.Rename(from, to);
    }

    private bool TryRename(string from, string to)
    {
        _step();
        return DurableFolders.TryRename(from, to);
    }

    private void Remove(string folder)
    {
        _step();
        DurableFolders.Remove(folder);
    }

    private Task CopyAsync(string from, string to, CancellationToken cancellation)
    {
        _step();
        return DurableFolders.CopyAsync(from, to, cancellation);
    }

    private string Root(RecordingPlace place) => place == RecordingPlace.Published ? _published : _unpublished;

    private string PathOf(FormatFolder folder) => Path.Combine(Root(folder.Place), folder.Format, folder.RecordId);

    private string Moving(FormatFolder folder) => Path.Combine(Own(folder.Place, "moving"), folder.Format, folder.RecordId);

    private string Own(RecordingPlace place, string step) => Path.Combine(Root(place), OwnFolder, step);
}
