using System.Collections.Concurrent;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Scalelite.Workers.Configuration;

namespace Scalelite.Workers.Imports;

/// <summary>
/// Works on imports that are due and whose archives are in this process's spool, as many at a time as RECORDING_IMPORTERS allows. It looks
/// once a second, and at once when an archive was received or an import has ended.
/// </summary>
/// <remarks>
/// Not handlers of messages: those have minutes, and archives of many gigabytes take longer; and a thousand archives at once would fill the
/// places that polls need. The row says what is due; the claim keeps two processes apart.
/// </remarks>
internal sealed partial class Importers(
    ImportClaims claims, ImportRun run, Spool spool, ImportSignal due, Settings settings, TimeProvider time, ILogger<Importers> log) : BackgroundService
{
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Renewal = TimeSpan.FromSeconds(3);

    private readonly ConcurrentDictionary<Task, byte> _running = new();
    private bool _failing;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!settings.Imports.Enabled || settings.Recordings.Disabled) return;
        using var stopRenewing = new CancellationTokenSource();
        var renewing = RenewAsync(stopRenewing.Token);
        try
        {
            while (!stoppingToken.IsCancellationRequested)
            {
                await LookAsync(stoppingToken);
                await due.WaitAsync(Look, time, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
        }

        await Task.WhenAll(_running.Keys);
        await stopRenewing.CancelAsync();
        await renewing;
    }

    private async Task LookAsync(CancellationToken stopping)
    {
        try
        {
            var free = settings.Imports.InFlight - _running.Count;
            if (free <= 0) return;
            var here = spool.Importing();
            if (here.Count == 0) return;
            foreach (var claim in await claims.TakeAsync(here, free, stopping)) Start(claim, stopping);
            _failing = false;
        }
        catch (Exception failure) when (!stopping.IsCancellationRequested)
        {
            if (!_failing) Log.CannotLook(log, failure);
            _failing = true;
        }
    }

    private void Start(ImportClaim claim, CancellationToken stopping)
    {
        var task = Task.Run(() => WorkAsync(claim, stopping), CancellationToken.None);
        _running[task] = 0;
        _ = task.ContinueWith(
            ended =>
            {
                _running.TryRemove(ended, out _);
                due.Set();
            },
            CancellationToken.None,
            TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default);
    }

    private async Task WorkAsync(ImportClaim claim, CancellationToken stopping)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(claim.Lost, stopping);
        try
        {
            await run.RunAsync(claim.Import, ending.Token);
        }
        catch (OperationCanceledException) when (ending.IsCancellationRequested)
        {
            Log.Left(log, claim.Import);
        }
#pragma warning disable CA1031 // The import stays due; the loop goes on.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            Log.Broken(log, claim.Import, failure);
        }
        finally
        {
            await claims.ReleaseAsync(claim.Import);
        }
    }

    private async Task RenewAsync(CancellationToken stopping)
    {
        using var timer = new PeriodicTimer(Renewal, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stopping))
            {
                try
                {
                    await claims.RenewAsync(stopping);
                }
                catch (Exception failure) when (!stopping.IsCancellationRequested)
                {
                    Log.NotRenewed(log, failure);
                }
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
        }
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, Message = "Imports that are due cannot be looked for")]
        public static partial void CannotLook(ILogger log, Exception failure);

        [LoggerMessage(Level = LogLevel.Information, Message = "Import {Import} is left where it stands: this process stops, or another one has it")]
        public static partial void Left(ILogger log, Guid import);

        [LoggerMessage(Level = LogLevel.Error, Message = "Import {Import} broke off; it is tried again")]
        public static partial void Broken(ILogger log, Guid import, Exception failure);

        [LoggerMessage(Level = LogLevel.Warning, Message = "Claims on imports could not be renewed; the work on them ends if that lasts")]
        public static partial void NotRenewed(ILogger log, Exception failure);
    }
}
