using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Scalelite.Domain.Imports;
using Scalelite.Workers.Configuration;

namespace Scalelite.Workers.Imports;

/// <summary>
/// Takes archives that appear in the spool, and puts right what a crash left there: archives that were taken but are not known, those of
/// imports that are over, uploads that nobody went on with. It looks when the file system tells of an archive, while one may still grow, and
/// every RECORDING_IMPORT_POLL_INTERVAL.
/// </summary>
internal sealed partial class SpoolWatch(
    Spool spool, ImportLedger ledger, ImportCleanUp cleanUp, ImportSignal due, Settings settings, TimeProvider time, ILogger<SpoolWatch> log)
    : BackgroundService
{
    private static readonly TimeSpan UploadsAreKept = TimeSpan.FromDays(1);

    private readonly TimeSpan _apart = Least(settings.Imports.PollInterval, TimeSpan.FromSeconds(5));
    private readonly Dictionary<Guid, long> _unknown = [];
    private bool _failing;

    private TimeSpan Interval => settings.Imports.Polls ? settings.Imports.PollInterval : TimeSpan.FromHours(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!settings.Imports.Enabled || settings.Recordings.Disabled) return;
        using var appeared = new ImportSignal();
        var settled = new SettledArrivals(time, _apart);
        SpoolEvents? events = null;
        try
        {
            while (!stoppingToken.IsCancellationRequested)
            {
                if (events is null && Directory.Exists(spool.Folder)) events = new SpoolEvents(spool.Folder, appeared.Set);
                var again = await LookAsync(settled, events, stoppingToken);
                await appeared.WaitAsync(again, time, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
        }
        finally
        {
            events?.Dispose();
        }
    }

    private static TimeSpan Least(TimeSpan one, TimeSpan other) => one < other ? one : other;

    /// <returns>When to look again.</returns>
    private async Task<TimeSpan> LookAsync(SettledArrivals settled, SpoolEvents? events, CancellationToken cancellation)
    {
        try
        {
            var found = spool.Arrivals().ToList();
            var whole = settled.Of(found, name => events?.IsRenamed(name) ?? false);
            foreach (var arrival in whole)
            {
                await TakeAsync(arrival, cancellation);
                events?.Forget(arrival.Name);
            }

            await PutRightAsync(cancellation);
            _failing = false;
            return whole.Count < found.Count || _unknown.Count > 0 ? _apart : Interval;
        }
        catch (Exception failure) when (!cancellation.IsCancellationRequested)
        {
            if (!_failing) Log.CannotLook(log, spool.Folder, failure.Message);
            _failing = true;
            return _apart;
        }
    }

    private async Task TakeAsync(Arrival arrival, CancellationToken cancellation)
    {
        var import = Guid.CreateVersion7(time.GetUtcNow());
        if (!spool.TryTake(arrival.Name, import)) return;
        ImportSteps.Reached(ImportSteps.Taken, import);
        await ReceiveAsync(import, arrival.Name, arrival.Bytes, cancellation);
        ImportSteps.Reached(ImportSteps.Received, import);
    }

    private async Task ReceiveAsync(Guid import, string name, long bytes, CancellationToken cancellation)
    {
        await ledger.ReceiveAsync(new ArchiveReceived(import, name, bytes, ArchiveSource.Spool, null, time.GetUtcNow()), cancellation);
        Log.Received(log, import, name, bytes);
        due.Set();
    }

    private async Task PutRightAsync(CancellationToken cancellation)
    {
        var (importing, quarantined) = (spool.Importing(), spool.Quarantined());
        var known = await ledger.StatesAsync([.. importing, .. quarantined], cancellation);
        foreach (var import in importing)
        {
            if (!known.TryGetValue(import, out var state)) await AdoptAsync(import, cancellation);
            else if (state.IsCompleted || state.IsQuarantined) await cleanUp.AfterAsync(import, state.IsQuarantined, cancellation);
        }

        foreach (var gone in _unknown.Keys.Where(import => known.ContainsKey(import) || !importing.Contains(import)).ToList()) _unknown.Remove(gone);
        foreach (var import in quarantined.Where(import => known.TryGetValue(import, out var state) && state is { IsCompleted: false, IsQuarantined: false }))
        {
            spool.BringBack(import);
            due.Set();
        }

        RemoveOldUploads();
    }

    /// <summary>An archive that was taken and is not known: who took it is about to say so, or died before.</summary>
    private async Task AdoptAsync(Guid import, CancellationToken cancellation)
    {
        if (_unknown.TryAdd(import, time.GetTimestamp()) || time.GetElapsedTime(_unknown[import]) < 2 * _apart) return;
        if (spool.ArchiveOf(import) is { } archive) await ReceiveAsync(import, Path.GetFileName(archive), new FileInfo(archive).Length, cancellation);
        else if (_unknown.Remove(import)) spool.Remove(import);
    }

    private void RemoveOldUploads()
    {
        if (!Directory.Exists(spool.Uploads)) return;
        foreach (var upload in new DirectoryInfo(spool.Uploads).EnumerateFiles())
        {
            if (time.GetUtcNow() - upload.LastWriteTimeUtc > UploadsAreKept) upload.Delete();
        }
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Information, Message = "Import {Import}: {Name} is received, {Bytes} bytes")]
        public static partial void Received(ILogger log, Guid import, string name, long bytes);

        [LoggerMessage(Level = LogLevel.Warning, Message = "The spool {Folder} cannot be looked at: {Why}")]
        public static partial void CannotLook(ILogger log, string folder, string why);
    }
}
