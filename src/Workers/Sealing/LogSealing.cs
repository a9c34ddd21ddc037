using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using Scalelite.EventLog;
using Scalelite.EventLog.Sealing;
using Scalelite.Workers.Configuration;

namespace Scalelite.Workers.Sealing;

/// <summary>
/// Seals in intervals what is new in the log, and writes the seals outside the database. Every instance looks; whoever comes first seals,
/// and the others find nothing to do.
/// </summary>
internal sealed partial class LogSealing(
    NpgsqlDataSource database, LogSeals seals, SealDelivery delivery, Settings settings, TimeProvider time, ILogger<LogSealing> log) : BackgroundService
{
    // A process that has just started has better things to do.
    private static readonly TimeSpan FirstRest = TimeSpan.FromSeconds(10);

    /// <summary>A transaction that runs on holds the safe head back: what is safe by then is sealed.</summary>
    private static readonly TimeSpan WaitForSafeHead = TimeSpan.FromSeconds(20);

    private readonly SafeHead _head = new(database, time);
    private bool _failing;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (settings.Security.SecretKeyBase.Length == 0) return;
        var interval = settings.Audit.SealInterval;
        var sealer = new LogSealer(database, new SealKey(settings.Security.SecretKeyBase), time);
        try
        {
            await Task.Delay(interval < FirstRest ? interval : FirstRest, time, stoppingToken);
            using var timer = new PeriodicTimer(interval, time);
            do
            {
                await RoundAsync(sealer, stoppingToken);
            }
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The process stops; what is not sealed yet is sealed by the next one.
        }
    }

    private async Task RoundAsync(LogSealer sealer, CancellationToken cancellation)
    {
        try
        {
            await SealAsync(sealer, cancellation);
            await delivery.DeliverAsync(cancellation);
            _failing = false;
        }
        catch (Exception failure) when (!cancellation.IsCancellationRequested)
        {
            if (!_failing) Log.CannotSeal(log, failure);
            _failing = true;
        }
    }

    private async Task SealAsync(LogSealer sealer, CancellationToken cancellation)
    {
        // Another instance was here in this interval.
        if (await seals.LastAsync(cancellation) is { } last && time.GetUtcNow() - last.At < settings.Audit.SealInterval / 2) return;
        var safe = await SafeAsync(cancellation);
        while (true)
        {
            var began = time.GetTimestamp();
            if (await sealer.SealAsync(safe, cancellation: cancellation) is not { } seal) return;
            Log.Sealed(log, seal.Seal, seal.Events, seal.Last);
            if (seal.Last >= safe) return;

            // A long log that was never sealed: half of the time is left to others.
            await Task.Delay(time.GetElapsedTime(began), time, cancellation);
        }
    }

    private async Task<long> SafeAsync(CancellationToken cancellation)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        patience.CancelAfter(WaitForSafeHead);
        try
        {
            return await _head.WaitAsync(patience.Token);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return _head.Number;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Debug, Message = "Seal {Seal}: {Events} events up to number {Number}")]
        public static partial void Sealed(ILogger log, long seal, int events, long number);

        [LoggerMessage(Level = LogLevel.Warning, Message = "The log cannot be sealed")]
        public static partial void CannotSeal(ILogger log, Exception failure);
    }
}
