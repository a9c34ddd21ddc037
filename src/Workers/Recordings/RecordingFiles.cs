using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Scalelite.Domain.Recordings;
using Scalelite.Projections.Recordings;
using Scalelite.Workers.Recordings.Storage;
using Scalelite.Workers.Servers;

namespace Scalelite.Workers.Recordings;

/// <summary>
/// Brings recordings' files where the catalog wants them. What is due stands in <c>recording_file_work</c>; whoever changed a recording
/// calls <see cref="SettleAsync"/>, and where that fails or the process dies, <see cref="OverdueFiles"/> sees to it.
/// </summary>
public sealed partial class RecordingFiles(
    RecordingCatalog catalog, IRecordingStorage storage, RecordingLock locks, RecordingStream recordings, TimeProvider time, ILogger<RecordingFiles> log)
{
    private const int Rounds = 8;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    private static readonly ChangedBy Mover = new("recording-files");

    // A failure that lasts is said once.
    private readonly ConcurrentDictionary<(string RecordId, string Format), string> _said = new();

    /// <summary>
    /// Moves or removes the files of a recording that are not where its state wants them, and appends what came of it. One at a time does
    /// so for a recording; its state is read under the lock, so of two that want different things the files follow the last.
    /// </summary>
    /// <returns>
    /// True if nothing is left to do. False where somebody else is at it, files are missing or cannot be moved now: it is logged, and tried
    /// again by a worker.
    /// </returns>
    public async Task<bool> SettleAsync(string recordId, CancellationToken cancellation)
    {
        if ((await catalog.FileWorkAsync(recordId, cancellation)).Count == 0) return true;
        await using var held = await locks.TakeAsync(recordId, Patience, cancellation);
        if (held is null) return false;
        for (var round = 0; round < Rounds; round++)
        {
            var work = await catalog.FileWorkAsync(recordId, cancellation);
            if (work.Count == 0) return true;
            var settled = true;
            foreach (var due in work) settled &= await SettleAsync(due, cancellation);
            if (!settled) return false;
        }

        return false;
    }

    /// <summary>
    /// Stores a file with a format, in place of an older one, and lists it in the manifest: a text track, for instance.
    /// </summary>
    /// <param name="path">Relative to the format's folder, with slashes.</param>
    /// <returns>False where there is no such format, or somebody else is moving it all the time.</returns>
    public async Task<bool> StoreAsync(string recordId, string format, string path, Stream content, CancellationToken cancellation)
    {
        await using var held = await locks.TakeAsync(recordId, Patience, cancellation);
        if (held is null) return false;
        if (await catalog.FindPlayedAsync(recordId, format, cancellation) is not { State: not RecordingState.Deleted } known) return false;
        var folder = new FormatFolder(known.Place, format, recordId);
        await using var spooled = new MemoryStream();
        await content.CopyToAsync(spooled, cancellation);
        spooled.Position = 0;
        var sha256 = Convert.ToHexStringLower(await System.Security.Cryptography.SHA256.HashDataAsync(spooled, cancellation));
        try
        {
            // Listed first: a file that is listed and not there is told by `verify`, one that is there unlisted would be too.
            await using var later = new MemoryStream();
            await using (var before = await storage.OpenAsync(folder, Manifest.LaterFileName, cancellation))
            {
                if (before is not null) await before.CopyToAsync(later, cancellation);
            }

            await later.WriteAsync(Manifest.Line(new ManifestLine(path, spooled.Length, sha256)), cancellation);
            later.Position = spooled.Position = 0;
            await storage.WriteAsync(folder, path, spooled, cancellation);
            await storage.WriteAsync(folder, Manifest.LaterFileName, later, cancellation);
            return true;
        }
        catch (DirectoryNotFoundException)
        {
            return false;
        }
    }

    private async Task<bool> SettleAsync(FileWork due, CancellationToken cancellation)
    {
        var key = (due.RecordId, due.Format);
        try
        {
            if (due.State == RecordingState.Deleted)
            {
                await storage.RemoveAsync(due.RecordId, due.Format, cancellation);
            }
            else if (!await storage.MoveAsync(due.RecordId, due.Format, PlaceOf(due.State), cancellation))
            {
                if (_said.TryAdd(key, "")) Log.Missing(log, due.Format, due.RecordId);
                return false;
            }
        }
#pragma warning disable CA1031 // Whatever the disk or the bucket says: the work stands in its row and is tried again.
        catch (Exception failure) when (!cancellation.IsCancellationRequested)
#pragma warning restore CA1031
        {
            if (!_said.TryGetValue(key, out var said) || said != failure.Message) Log.CannotSettle(log, due.Format, due.RecordId, failure);
            _said[key] = failure.Message;
            return false;
        }

        _said.TryRemove(key, out _);
        var at = time.GetUtcNow();
        await recordings.DecideAsync(
            due.RecordId,
            Mover,
            "settle files",
            recording => due.State == RecordingState.Deleted
                ? recording.SeeFormatRemoved(due.Format, at)
                : recording.SeeFormatMoved(due.Format, PlaceOf(due.State), at),
            cancellation);
        return true;
    }

    private static RecordingPlace PlaceOf(RecordingState state) =>
        state == RecordingState.Published ? RecordingPlace.Published : RecordingPlace.Unpublished;

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Error, Message = "The files of {Format} of recording {RecordId} are in neither place")]
        public static partial void Missing(ILogger log, string format, string recordId);

        [LoggerMessage(Level = LogLevel.Error, Message = "The files of {Format} of recording {RecordId} cannot be moved now")]
        public static partial void CannotSettle(ILogger log, string format, string recordId, Exception failure);
    }
}
