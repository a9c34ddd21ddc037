using System.Security.Cryptography;
using Scalelite.BigBlueButton.Recordings;
using Scalelite.Domain;
using Scalelite.Domain.Imports;
using Scalelite.Domain.Recordings;
using Scalelite.Projections.Meetings;
using Scalelite.Projections.Recordings;
using Scalelite.Workers.Configuration;
using Scalelite.Workers.Imports.Archives;
using Scalelite.Workers.Recordings;
using Scalelite.Workers.Recordings.Storage;
using Scalelite.Workers.Recordings.TextTracks;

namespace Scalelite.Workers.Imports;

/// <summary>Brings one format of an archive into the catalog, from where it stands.</summary>
internal sealed class FormatImport(
    ImportLedger ledger, IRecordingStorage storage, RecordingLock locks, TextTrackFiles tracks, InternalMeetings meetings, Settings settings,
    TimeProvider time)
{
    private const string Deleted = "the recording was deleted; `imports retry --restore` brings it back";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>Returns when the format is in the catalog or is refused.</summary>
    /// <param name="contents">What the archive holds, read when it is needed.</param>
    /// <param name="archive">The archive's path, asked when it is needed.</param>
    /// <exception cref="IOException">It has to be tried again.</exception>
    public async Task ImportAsync(
        Guid import, ImportedFormat format, Lazy<CheckedArchive> contents, Func<string> archive, CancellationToken cancellation)
    {
        var staged = format.Step == FormatStep.Archived ? null : format.Staged;
        var isInPlace = format.Step == FormatStep.InPlace;
        while (true)
        {
            staged ??= await StageAsync(import, format.Format, contents, archive, cancellation);
            if (staged is null) return;

            // Nobody else moves, removes or replaces the recording's files meanwhile.
            await using var held = await locks.TakeAsync(format.Format.RecordId, Patience, cancellation)
                ?? throw new IOException($"The files of {format.Format.RecordId} are being worked on");
            if (!isInPlace && !await PutInPlaceAsync(import, staged, cancellation))
            {
                staged = null;
                continue;
            }

            if (await CatalogueAsync(import, staged, cancellation)) return;
            (staged, isInPlace) = (null, false);
        }
    }

    /// <summary>Unpacks the format where its recording belongs now.</summary>
    /// <returns>Null where it is refused.</returns>
    private async Task<FormatStaged?> StageAsync(
        Guid import, ArchivedFormat format, Lazy<CheckedArchive> contents, Func<string> archive, CancellationToken cancellation)
    {
        var known = await ledger.FindRecordingAsync(format.RecordId, cancellation);
        if (known is { TakesImports: false })
        {
            await RefuseAsync(import, format, Deleted, cancellation);
            return null;
        }

        var metadata = (await Task.Run(() => contents.Value, cancellation)).Formats.FirstOrDefault(found => found.Format == format)?.Metadata
            ?? throw new InvalidDataException($"{format.Format}/{format.RecordId} is not in the archive any more");
        var place = Recording.PlaceOfImport(known, IsPublished(metadata));
        var target = storage.TargetOf(import, new FormatFolder(place, format.Format, format.RecordId));
        // What earlier tries left would fill a disk that is full already.
        foreach (var earlier in EarlierTries(target.Staged)) DurableFolders.Remove(earlier);
        // A folder of its own for each try: one that was lost may still be written to by a process that is late to know.
        target = target with { Staged = $"{target.Staged}.{Guid.NewGuid():n}" };
        await ArchiveUnpacking.UnpackAsync(archive(), format, target.Staged, settings.Imports, cancellation);
        ImportSteps.Reached(ImportSteps.Unpacked, import);
        var staged = new FormatStaged(import, format.RecordId, format.Format, place, target.Staged, target.Target, target.Aside, time.GetUtcNow());
        await ledger.DecideAsync(import, i => i.Stage(staged), cancellation);
        ImportSteps.Reached(ImportSteps.Staged, import);
        return staged;
    }

    private static IEnumerable<string> EarlierTries(string staged)
    {
        var folder = Path.GetDirectoryName(staged)!;
        return Directory.Exists(folder) ? Directory.EnumerateDirectories(folder, $"{Path.GetFileName(staged)}.*") : [];
    }

    /// <returns>False where what was staged is gone.</returns>
    private async Task<bool> PutInPlaceAsync(Guid import, FormatStaged staged, CancellationToken cancellation)
    {
        try
        {
            var folder = new FormatFolder(staged.Place, staged.Format, staged.RecordId);
            if (Directory.Exists(staged.Staged)) await tracks.CarryOverAsync(staged.RecordId, staged.Format, staged.Staged, cancellation);
            await storage.PutInPlaceAsync(new StagedFolder(import, folder, staged.Staged, staged.Target, staged.Aside), cancellation);
        }
        catch (StagingLostException)
        {
            return false;
        }

        ImportSteps.Reached(ImportSteps.Placed, import);
        await ledger.DecideAsync(import, i => i.PutInPlace(new ArchivedFormat(staged.RecordId, staged.Format), time.GetUtcNow()), cancellation);
        ImportSteps.Reached(ImportSteps.InPlace, import);
        return true;
    }

    /// <returns>False where the files are gone.</returns>
    private async Task<bool> CatalogueAsync(Guid import, FormatStaged staged, CancellationToken cancellation)
    {
        var format = new ArchivedFormat(staged.RecordId, staged.Format);
        if (await FindAsync(staged, cancellation) is not { } found) return false;
        var meeting = await meetings.FindAsync(found.Metadata.Recording.InternalMeetingId ?? staged.RecordId, cancellation);
        var imported = new RecordingImported(
            staged.RecordId, TenantOf(found.Metadata.Recording, meeting), import, meeting?.Instance, found.Metadata.Recording, found.Format, found.Place,
            IsPublished(found.Metadata), time.GetUtcNow());
        var captions = await tracks.ArchivedAsync(new FormatFolder(found.Place, staged.Format, staged.RecordId), cancellation);
        var refusal = await ledger.CatalogueAsync(
            import, format, known => Captioned(captions, Closed(known, Recording.Import(known, imported))), time.GetUtcNow(), cancellation);
        if (refusal is not null)
        {
            // It was deleted while its files came in.
            await storage.RemoveAsync(staged.RecordId, staged.Format, cancellation);
            await RefuseAsync(import, format, Deleted, cancellation);
        }

        ImportSteps.Reached(ImportSteps.Catalogued, import);
        return true;
    }

    /// <summary>Where recordings can be protected, a new one is, as with Scalelite; what people decide afterwards is left to them.</summary>
    private Decision Closed(Recording? known, Decision import) => known is null && import is { Refusal: null, Events: [RecordingImported e, ..] }
        && settings.Playback.ProtectionEnabled
        ? Decision.Of([.. import.Events, new RecordingProtected(e.RecordId, true, e.At)])
        : import;

    /// <summary>Captions that were made in the meeting are listed like those that are uploaded.</summary>
    private static Decision Captioned(IReadOnlyList<CatalogedTextTrack> captions, Decision import) =>
        import.Refusal is null && import.Events.OfType<RecordingImported>().FirstOrDefault() is { } e
            ? Decision.Of([
                .. import.Events,
                .. captions.Select(t => new RecordingTextTrackStored(e.RecordId, t.Kind, t.Lang, t.Label, t.Source, t.Bytes, e.At))])
            : import;

    private Task<Decision> RefuseAsync(Guid import, ArchivedFormat format, string reason, CancellationToken cancellation) =>
        ledger.DecideAsync(import, i => i.Refuse(format, reason, time.GetUtcNow()), cancellation);

    private bool IsPublished(RecordingMetadata metadata) => metadata.Published && !settings.Imports.Unpublished;

    private string TenantOf(RecordingDescription recording, InternalMeeting? meeting) =>
        !settings.Multitenancy.Enabled ? ""
        : recording.Metadata?.FirstOrDefault(meta => meta.Key.Equals("tenant-id", StringComparison.OrdinalIgnoreCase)).Value?.Trim() is { Length: > 0 } tenant ? tenant
        : meeting?.TenantId ?? "";

    /// <summary>The files in place, which may have been moved since.</summary>
    private async Task<Found?> FindAsync(FormatStaged staged, CancellationToken cancellation)
    {
        foreach (var place in (RecordingPlace[])[staged.Place, 1 - staged.Place])
        {
            var folder = new FormatFolder(place, staged.Format, staged.RecordId);
            await using var xml = await storage.OpenAsync(folder, RecordingMetadata.FileName, cancellation);
            if (xml is null) continue;
            using var description = new MemoryStream();
            await xml.CopyToAsync(description, cancellation);
            description.Position = 0;
            if (!RecordingMetadata.TryRead(description, out var metadata, out var why))
                throw new InvalidDataException($"{RecordingMetadata.FileName} of {staged.Format}/{staged.RecordId} can't be read: {why}");
            return new Found(place, metadata, await FilesAsync(folder, metadata, cancellation));
        }

        return null;
    }

    private async Task<RecordingFormat> FilesAsync(FormatFolder folder, RecordingMetadata metadata, CancellationToken cancellation)
    {
        await using var manifest = await storage.OpenAsync(folder, Manifest.FileName, cancellation)
            ?? throw new FileNotFoundException($"{folder.Format}/{folder.RecordId} has no manifest");
        using var lines = new MemoryStream();
        await manifest.CopyToAsync(lines, cancellation);
        var hash = Convert.ToHexStringLower(SHA256.HashData(lines.GetBuffer().AsSpan(0, (int)lines.Length)));
        lines.Position = 0;
        var (files, bytes) = (0, 0L);
        await foreach (var line in Manifest.ReadAsync(lines, cancellation)) (files, bytes) = (files + 1, bytes + line.Bytes);
        return metadata.InFolder(folder.Format, files, bytes, hash);
    }

    private sealed record Found(RecordingPlace Place, RecordingMetadata Metadata, RecordingFormat Format);
}
