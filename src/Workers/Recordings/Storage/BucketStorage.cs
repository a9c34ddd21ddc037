using System.Runtime.CompilerServices;
using System.Text;
using Scalelite.Domain.Recordings;
using Scalelite.Workers.Configuration;

namespace Scalelite.Workers.Recordings.Storage;

/// <summary>
/// Recordings in a bucket, as Scalelite lays them out: <c>published/{format}/{recordID}/…</c> and <c>unpublished/{format}/{recordID}/…</c>.
/// </summary>
/// <remarks>
/// A bucket has no renames, so a set of objects says of itself how far it is: <c>.partial</c> lies in one that is being written, and
/// <c>.leaving</c> in one that is being removed because the other place has it whole. Either is written before the first object is
/// touched and removed after the last, so that a step that was interrupted is known for what it is, also when the next one goes the other
/// way. An older format is overwritten object by object: nothing is kept aside, its archive is what an interrupted import goes on from.
/// </remarks>
public sealed class BucketStorage : IRecordingStorage, IDisposable
{
    private const string Partial = ".partial";
    private const string Leaving = ".leaving";

    /// <summary>No server signs for longer.</summary>
    private static readonly TimeSpan LongestUrl = TimeSpan.FromDays(7);

    private readonly BucketObjects _objects;
    private readonly string _workFolder;
    private readonly TimeProvider _time;

    /// <param name="workFolder">RECORDING_WORK_DIR: archives are unpacked there.</param>
    public BucketStorage(BucketSettings settings, string workFolder, TimeProvider time)
        : this(new BucketObjects(settings), workFolder, time)
    {
    }

    internal BucketStorage(BucketObjects objects, string workFolder, TimeProvider time) =>
        (_objects, _workFolder, _time) = (objects, Path.GetFullPath(workFolder), time);

    /// <inheritdoc/>
    public void Dispose() => _objects.Dispose();

    /// <inheritdoc/>
    public StagedFolder TargetOf(Guid import, FormatFolder folder) =>
        new(import, folder, Path.Combine(Staging(import), folder.Format, folder.RecordId), PrefixOf(folder), "");

    /// <inheritdoc/>
    public async Task PutInPlaceAsync(StagedFolder staged, CancellationToken cancellation)
    {
        if (!await IsFromAsync(staged, cancellation))
        {
            if (!Directory.Exists(staged.Staged)) throw new StagingLostException($"{staged.Staged} is gone, and {staged.Target} is not from it");
            await UploadAsync(staged, cancellation);
        }

        await DiscardAsync(staged.Folder with { Place = Other(staged.Folder.Place) }, cancellation);
    }

    /// <inheritdoc/>
    public Task ForgetAsideAsync(Guid import, CancellationToken cancellation) =>
        Task.Run(() => DurableFolders.Remove(Staging(import)), cancellation);

    /// <inheritdoc/>
    public async Task<bool> MoveAsync(string recordId, string format, RecordingPlace to, CancellationToken cancellation)
    {
        var there = new FormatFolder(to, format, recordId);
        var here = there with { Place = Other(to) };
        var source = await SetOfAsync(here, cancellation);
        if (source.Has(Leaving))
        {
            await DiscardAsync(here, source, cancellation);
            return true;
        }

        var target = await SetOfAsync(there, cancellation);
        if (source.IsEmpty || source.Has(Partial))
        {
            await DiscardAsync(here, source, cancellation);
            return !target.IsEmpty && !target.Has(Partial);
        }

        await MarkAsync(there, Partial, cancellation);
        if (target.Has(Leaving)) await _objects.RemoveAsync([PrefixOf(there) + Leaving], cancellation);
        await _objects.CopyAsync(source.Objects.Select(one => (one, PrefixOf(there) + one.Key[PrefixOf(here).Length..])), cancellation);
        var (stale, copied) = Compare(source, await SetOfAsync(there, cancellation));
        if (copied is { } wrong) throw new IOException($"{wrong} was not copied whole");
        await _objects.RemoveAsync(stale, cancellation);
        await _objects.RemoveAsync([PrefixOf(there) + Partial], cancellation);
        await DiscardAsync(here, source, cancellation);
        return true;
    }

    /// <inheritdoc/>
    public async Task RemoveAsync(string recordId, string format, CancellationToken cancellation)
    {
        foreach (var place in Enum.GetValues<RecordingPlace>())
        {
            var keys = new List<string>();
            await foreach (var one in _objects.ListAsync(PrefixOf(new FormatFolder(place, format, recordId)), cancellation)) keys.Add(one.Key);
            await _objects.RemoveAsync(keys, cancellation);
        }
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<FormatFolder> FoldersAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        foreach (var place in Enum.GetValues<RecordingPlace>())
        {
            await foreach (var format in _objects.NamesAsync(Root(place), cancellation))
            {
                if (format.Length == 0 || format[0] == '.') continue;
                await foreach (var recordId in _objects.NamesAsync($"{Root(place)}{format}/", cancellation))
                {
                    if (recordId.Length > 0 && recordId[0] != '.') yield return new FormatFolder(place, format, recordId);
                }
            }
        }
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<StoredFile> FilesAsync(FormatFolder folder, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var prefix = PrefixOf(folder);
        await foreach (var one in _objects.ListAsync(prefix, cancellation)) yield return new StoredFile(one.Key[prefix.Length..], one.Bytes, one.ModifiedAt);
    }

    /// <inheritdoc/>
    public async Task<Stream?> OpenAsync(FormatFolder folder, string path, CancellationToken cancellation) =>
        FormatPath.IsWithin(path) ? await _objects.OpenAsync(PrefixOf(folder) + path, cancellation) : null;

    /// <inheritdoc/>
    public async Task WriteAsync(FormatFolder folder, string path, Stream content, CancellationToken cancellation)
    {
        if (!FormatPath.IsWithin(path)) throw new ArgumentException($"'{path}' leads out of the folder", nameof(path));
        if (!await _objects.ListAsync(PrefixOf(folder), cancellation).AnyAsync(cancellation)) throw new DirectoryNotFoundException($"There is no {PrefixOf(folder)}");
        await _objects.WriteAsync(PrefixOf(folder) + path, content, cancellation);
    }

    /// <inheritdoc/>
    public async Task SetAsideAsync(FormatFolder folder, CancellationToken cancellation)
    {
        var set = await SetOfAsync(folder, cancellation);
        var kept = $"{Root(folder.Place)}{DiskStorage.OwnFolder}/orphans/{folder.Format}/{folder.RecordId}.{_time.GetUtcNow():yyyyMMddHHmmss}/";
        await _objects.CopyAsync(set.Objects.Select(one => (one, kept + one.Key[PrefixOf(folder).Length..])), cancellation);
        await _objects.RemoveAsync(set.Keys, cancellation);
    }

    /// <inheritdoc/>
    public async Task<PlaybackLocation?> LocateAsync(
        FormatFolder folder, string path, PlaybackHeaders headers, TimeSpan life, CancellationToken cancellation)
    {
        if (!FormatPath.IsPlayable(path)) return null;
        var expiresAt = _time.GetUtcNow() + (life < LongestUrl ? life : LongestUrl);
        return new PlaybackLocation.AtUrl(await _objects.PresignAsync(PrefixOf(folder) + path, headers, expiresAt), expiresAt);
    }

    private static RecordingPlace Other(RecordingPlace place) =>
        place == RecordingPlace.Published ? RecordingPlace.Unpublished : RecordingPlace.Published;

    private static string Root(RecordingPlace place) => place == RecordingPlace.Published ? "published/" : "unpublished/";

    private static string PrefixOf(FormatFolder folder) => $"{Root(folder.Place)}{folder.Format}/{folder.RecordId}/";

    /// <summary>What the target has and the source has not, and the first object that is not there in its whole length.</summary>
    private static (IReadOnlyList<string> Stale, string? Wrong) Compare(ObjectSet source, ObjectSet target)
    {
        var wanted = source.Objects.ToDictionary(one => one.Key[source.Prefix.Length..], one => one.Bytes, StringComparer.Ordinal);
        var found = target.Objects.ToDictionary(one => one.Key[target.Prefix.Length..], one => one.Bytes, StringComparer.Ordinal);
        return (
            [.. found.Keys.Where(path => path != Partial && !wanted.ContainsKey(path)).Select(path => target.Prefix + path)],
            wanted.FirstOrDefault(one => !found.TryGetValue(one.Key, out var bytes) || bytes != one.Value).Key);
    }

    private string Staging(Guid import) => Path.Combine(_workFolder, "staging", import.ToString());

    private async Task UploadAsync(StagedFolder staged, CancellationToken cancellation)
    {
        await MarkAsync(staged.Folder, Partial, cancellation);
        await _objects.RemoveAsync([staged.Target + Leaving, staged.Target + Manifest.ImportFileName], cancellation);
        var root = new DirectoryInfo(staged.Staged);
        var files = root.EnumerateFiles("*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = 0, IgnoreInaccessible = false })
            .Select(file => (File: file.FullName, Key: staged.Target + Path.GetRelativePath(root.FullName, file.FullName).Replace(Path.DirectorySeparatorChar, '/'), file.Length))
            .ToList();
        await _objects.UploadAsync(files.Select(file => (file.File, file.Key)), cancellation);
        var source = new ObjectSet(staged.Target, [.. files.Select(file => new BucketObject(file.Key, file.Length, default))]);
        var (stale, wrong) = Compare(source, await SetOfAsync(staged.Folder, cancellation));
        if (wrong is not null) throw new IOException($"{staged.Target}{wrong} did not arrive whole");
        await _objects.RemoveAsync(stale, cancellation);
        await WriteTextAsync(staged.Target + Manifest.ImportFileName, staged.Mark, cancellation);
        await _objects.RemoveAsync([staged.Target + Partial], cancellation);
    }

    private async Task<bool> IsFromAsync(StagedFolder staged, CancellationToken cancellation)
    {
        await using var mark = await _objects.OpenAsync(staged.Target + Manifest.ImportFileName, cancellation);
        if (mark is null || (await SetOfAsync(staged.Folder, cancellation)).Has(Partial)) return false;
        using var reader = new StreamReader(mark);
        return await reader.ReadToEndAsync(cancellation) == staged.Mark;
    }

    private async Task DiscardAsync(FormatFolder folder, CancellationToken cancellation) =>
        await DiscardAsync(folder, await SetOfAsync(folder, cancellation), cancellation);

    private async Task DiscardAsync(FormatFolder folder, ObjectSet set, CancellationToken cancellation)
    {
        if (set.IsEmpty && set.Marks.Count == 0) return;
        await MarkAsync(folder, Leaving, cancellation);
        await _objects.RemoveAsync(set.Keys.Where(key => key != set.Prefix + Leaving), cancellation);
        await _objects.RemoveAsync([set.Prefix + Leaving], cancellation);
    }

    private async Task<ObjectSet> SetOfAsync(FormatFolder folder, CancellationToken cancellation)
    {
        var prefix = PrefixOf(folder);
        var objects = new List<BucketObject>();
        await foreach (var one in _objects.ListAsync(prefix, cancellation)) objects.Add(one);
        return new ObjectSet(prefix, objects);
    }

    private Task MarkAsync(FormatFolder folder, string mark, CancellationToken cancellation) => WriteTextAsync(PrefixOf(folder) + mark, mark, cancellation);

    private async Task WriteTextAsync(string key, string text, CancellationToken cancellation)
    {
        using var content = new MemoryStream(Encoding.UTF8.GetBytes(text));
        await _objects.WriteAsync(key, content, cancellation);
    }

    /// <summary>The objects of a format in one place, its marks apart.</summary>
    private sealed class ObjectSet(string prefix, IReadOnlyList<BucketObject> all)
    {
        public string Prefix => prefix;

        public IReadOnlyList<BucketObject> Objects { get; } = [.. all.Where(one => !IsMark(one.Key[prefix.Length..]))];

        public IReadOnlyList<string> Marks { get; } = [.. all.Select(one => one.Key[prefix.Length..]).Where(IsMark)];

        public IEnumerable<string> Keys => all.Select(one => one.Key);

        public bool IsEmpty => Objects.Count == 0;

        public bool Has(string mark) => Marks.Contains(mark);

        private static bool IsMark(string path) => path is Partial or Leaving;
    }
}
