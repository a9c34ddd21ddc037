using Scalelite.Domain.Recordings;
using Scalelite.Workers.Recordings.Storage;
using Scalelite.Workers.Servers;

namespace Scalelite.Workers.Recordings.Verifying;

/// <summary>Puts right what <see cref="RecordingVerification"/> finds, where that can be done without removing a file that somebody may want.</summary>
public sealed class RecordingRepair(RecordingFiles files, RecordingStream recordings, RecordingLock locks, IRecordingStorage storage, TimeProvider time)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly ChangedBy Verify = new("recordings-verify");

    /// <summary>Moves what is misplaced or due, sets aside what lies there twice, and forgets what is missing if that is wanted.</summary>
    internal async Task<Finding> PlaceAsync(Finding finding, RecordingPlace wanted, VerifyOptions options, CancellationToken cancellation)
    {
        if (finding.Kind == FindingKind.Missing ? !options.ForgetMissing : !options.Repair) return finding;
        var repaired = finding.Kind switch
        {
            FindingKind.Undeleted => await files.SettleAsync(finding.RecordId, cancellation),
            FindingKind.Misplaced => await MoveAsync(finding, wanted, cancellation),
            FindingKind.Twice => await SetAsideAsync(new FormatFolder(finding.Place!.Value, finding.Format, finding.RecordId), null, cancellation),
            FindingKind.Missing => await ForgetAsync(finding, cancellation),
            _ => false,
        };
        return finding with { Repaired = repaired };
    }

    /// <summary>Sets a folder aside that the catalog does not know.</summary>
    /// <param name="isStill">Asked again when nobody else can put anything in its place.</param>
    internal async Task<Finding> OrphanedAsync(
        FormatFolder folder, VerifyOptions options, Func<FormatFolder, CancellationToken, Task<bool>> isStill, CancellationToken cancellation)
    {
        var finding = new Finding(FindingKind.Orphaned, folder.RecordId, folder.Format, folder.Place, null, "the catalog does not know it");
        return options.Repair ? finding with { Repaired = await SetAsideAsync(folder, isStill, cancellation) } : finding;
    }

    private async Task<bool> MoveAsync(Finding finding, RecordingPlace wanted, CancellationToken cancellation)
    {
        // Where the move is due anyway this is all; else the files were moved by others, and no event tells of it.
        if (!await files.SettleAsync(finding.RecordId, cancellation)) return false;
        await using var held = await locks.TakeAsync(finding.RecordId, Patience, cancellation);
        if (held is null || !await storage.MoveAsync(finding.RecordId, finding.Format, wanted, cancellation)) return false;
        var at = time.GetUtcNow();
        await recordings.DecideAsync(
            finding.RecordId, Verify, "recordings verify", recording => recording.SeeFormatMoved(finding.Format, wanted, at), cancellation);
        return true;
    }

    private async Task<bool> SetAsideAsync(
        FormatFolder folder, Func<FormatFolder, CancellationToken, Task<bool>>? isStill, CancellationToken cancellation)
    {
        await using var held = await locks.TakeAsync(folder.RecordId, Patience, cancellation);
        if (held is null || (isStill is not null && !await isStill(folder, cancellation))) return false;
        await storage.SetAsideAsync(folder, cancellation);
        return true;
    }

    private async Task<bool> ForgetAsync(Finding finding, CancellationToken cancellation)
    {
        await using var held = await locks.TakeAsync(finding.RecordId, Patience, cancellation);
        if (held is null) return false;
        var at = time.GetUtcNow();
        return await recordings.DecideAsync(
            finding.RecordId, Verify, "recordings verify", recording => recording.SeeFormatRemoved(finding.Format, at), cancellation) is { Refusal: null };
    }
}
