using Scalelite.Domain.Keeping;
using Scalelite.Workers.Servers;

namespace Scalelite.Workers.Keeping;

/// <summary>What one look at the history did.</summary>
/// <param name="Streams">Streams of polls and joins that were rolled up and deleted.</param>
/// <param name="Events">How many events they had.</param>
/// <param name="Callbacks">Callbacks that were removed.</param>
/// <param name="Recordings">Deleted recordings that were forgotten.</param>
/// <param name="Secrets">Sealed secrets that were removed.</param>
public sealed record KeepingReport(int Streams, long Events, int Callbacks, int Recordings, int Secrets);

/// <summary>Does all that POLL_HISTORY_DAYS, CALLBACK_HISTORY_DAYS and RECORDING_METADATA_DAYS ask for, bit by bit.</summary>
public sealed class HistoryKeeping(
    StreamPruner streams, CallbackPruner callbacks, DeletedRecordings deleted, Forgetting forgetting, SecretCleanup secrets, TimeProvider time)
{
    private static readonly ChangedBy Retention = new("retention");

    private static readonly TimeSpan LeastPause = TimeSpan.FromMilliseconds(200);

    /// <summary>Looks once, and does what is to be done.</summary>
    /// <param name="by">The events' actor.</param>
    /// <param name="leisurely">With pauses four times as long as the work, so that nobody who is in a hurry feels it.</param>
    /// <param name="each">Told of each stream of polls or joins; its failure too, which keeps the others from nothing.</param>
    public async Task<KeepingReport> LookAsync(ChangedBy by, bool leisurely, Action<PastStream, PruneOutcome?, Exception?>? each, CancellationToken cancellation)
    {
        var report = new KeepingReport(0, 0, 0, 0, 0);
        await foreach (var stream in streams.OldAsync(cancellation))
        {
            var began = time.GetTimestamp();
            if (await PruneAsync(stream, by, each, cancellation) is PruneOutcome.Pruned { Told.Events: var events })
                report = report with { Streams = report.Streams + 1, Events = report.Events + events };
            await PauseAsync(began, leisurely, cancellation);
        }

        for (CallbackPlace? next = null; ;)
        {
            var began = time.GetTimestamp();
            (var pruned, next) = await callbacks.PruneSomeAsync(next, by, cancellation);
            report = report with { Callbacks = report.Callbacks + pruned };
            if (next is null) break;
            await PauseAsync(began, leisurely, cancellation);
        }

        await foreach (var recording in deleted.OldAsync(cancellation))
        {
            var began = time.GetTimestamp();
            var outcome = await forgetting.ForgetAsync(
                new ForgetSubject.Recording(recording), Retention with { Reason = "RECORDING_METADATA_DAYS" }, force: false, dryRun: false, cancellation);
            if (outcome is ForgetOutcome.Done { Events.Count: > 0 }) report = report with { Recordings = report.Recordings + 1 };
            await PauseAsync(began, leisurely, cancellation);
        }

        for (var some = 1; some > 0;)
        {
            var began = time.GetTimestamp();
            some = await secrets.CleanSomeAsync(cancellation);
            report = report with { Secrets = report.Secrets + some };
            await PauseAsync(began, leisurely && some > 0, cancellation);
        }

        return report;
    }

    private async Task<PruneOutcome?> PruneAsync(
        PastStream stream, ChangedBy by, Action<PastStream, PruneOutcome?, Exception?>? each, CancellationToken cancellation)
    {
        try
        {
            var outcome = await streams.PruneAsync(stream, by, dryRun: false, cancellation);
            each?.Invoke(stream, outcome, null);
            return outcome;
        }
        catch (Exception failure) when (!cancellation.IsCancellationRequested && each is not null)
        {
            each(stream, null, failure);
            return null;
        }
    }

    private async Task PauseAsync(long began, bool leisurely, CancellationToken cancellation)
    {
        if (!leisurely) return;
        var worked = time.GetElapsedTime(began);
        await Task.Delay(4 * worked > LeastPause ? 4 * worked : LeastPause, time, cancellation);
    }
}
