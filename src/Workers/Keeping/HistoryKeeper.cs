using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Scalelite.Domain.Keeping;
using Scalelite.Workers.Servers;

namespace Scalelite.Workers.Keeping;

/// <summary>Keeps the history as the settings say: looks once an hour. Every instance does; what one is at, the others leave alone.</summary>
internal sealed partial class HistoryKeeper(HistoryKeeping keeping, TimeProvider time, ILogger<HistoryKeeper> log) : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromHours(1);
    private static readonly ChangedBy Retention = new("retention");

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Pause, time);
        try
        {
            // Not at the start: who starts has more urgent things to do.
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                await LookAsync(stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The process stops.
        }
    }

    private async Task LookAsync(CancellationToken cancellation)
    {
        try
        {
            var report = await keeping.LookAsync(Retention, leisurely: true, Tell, cancellation);
            if (report is not { Streams: 0, Callbacks: 0, Recordings: 0, Secrets: 0 })
                Log.Kept(log, report.Streams, report.Events, report.Callbacks, report.Recordings, report.Secrets);
        }
        catch (Exception failure) when (!cancellation.IsCancellationRequested)
        {
            Log.CannotLook(log, failure);
        }
    }

    private void Tell(PastStream stream, PruneOutcome? outcome, Exception? failure)
    {
        if (failure is not null) Log.CannotPrune(log, failure, stream.Stream);
        else if (outcome is PruneOutcome.Kept { Why: var why }) Log.Stays(log, stream.Stream, why);
    }

    private static partial class Log
    {
        [LoggerMessage(
            Level = LogLevel.Information,
            Message = "The history was kept: {Streams} streams of {Events} polls and joins are rolled up, {Callbacks} callbacks, {Recordings} deleted recordings' metadata and {Secrets} sealed secrets removed")]
        public static partial void Kept(ILogger log, int streams, long events, int callbacks, int recordings, int secrets);

        [LoggerMessage(Level = LogLevel.Debug, Message = "Stream {Stream} stays: {Why}")]
        public static partial void Stays(ILogger log, string stream, string why);

        [LoggerMessage(Level = LogLevel.Warning, Message = "Stream {Stream} cannot be pruned")]
        public static partial void CannotPrune(ILogger log, Exception failure, string stream);

        [LoggerMessage(Level = LogLevel.Warning, Message = "The history cannot be kept as the settings say")]
        public static partial void CannotLook(ILogger log, Exception failure);
    }
}
