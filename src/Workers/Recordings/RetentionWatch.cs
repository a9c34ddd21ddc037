using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Scalelite.Workers.Configuration;
using Scalelite.Workers.Servers;

namespace Scalelite.Workers.Recordings;

/// <summary>
/// Deletes recordings whose time is over, once an hour. Every instance looks; who comes second to a recording finds it deleted.
/// </summary>
internal sealed partial class RetentionWatch(
    RecordingRetention retention, Settings settings, TimeProvider time, ILogger<RetentionWatch> log)
    : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromHours(1);
    private static readonly ChangedBy Retention = new("retention");

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (settings.Recordings.Disabled) return;
        using var timer = new PeriodicTimer(Pause, time);
        try
        {
            do
            {
                await LookAsync(stoppingToken);
            }
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
        }
    }

    private async Task LookAsync(CancellationToken cancellation)
    {
        try
        {
            await retention.ExpireAsync(
                Retention, expired => Log.Deleted(log, expired.RecordId, expired.EndedAt, expired.Kept.TotalDays), cancellation);
        }
        catch (Exception failure) when (!cancellation.IsCancellationRequested)
        {
            Log.CannotLook(log, failure);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Information, Message = "Recording {RecordId} of a meeting that ended at {EndedAt:u} was deleted: {Days} days are over")]
        public static partial void Deleted(ILogger log, string recordId, DateTimeOffset endedAt, double days);

        [LoggerMessage(Level = LogLevel.Warning, Message = "Recordings whose time is over cannot be looked for")]
        public static partial void CannotLook(ILogger log, Exception failure);
    }
}
