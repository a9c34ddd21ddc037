using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Scalelite.Projections.Recordings;

namespace Scalelite.Workers.Recordings;

/// <summary>
/// Looks once a second for files that should have been moved or removed: a process died between the event and the move, a disk was full,
/// the database was restored. What keeps failing is tried less and less often, every ten minutes at last.
/// </summary>
internal sealed partial class OverdueFiles(
    RecordingCatalog catalog, IServiceScopeFactory scopes, TimeProvider time, ILogger<OverdueFiles> log) : BackgroundService
{
    private const int AtOnce = 1000;
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    /// <summary>Whoever changed the recording is probably at it.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan FirstWait = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(10);

    private readonly Dictionary<string, Woken> _woken = new(StringComparer.Ordinal);
    private bool _failing;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
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
            await WakeAsync(cancellation);
            _failing = false;
        }
        catch (Exception failure) when (!cancellation.IsCancellationRequested)
        {
            if (!_failing) Log.CannotLook(log, failure);
            _failing = true;
        }
    }

    private async Task WakeAsync(CancellationToken cancellation)
    {
        var now = time.GetUtcNow();
        var work = await catalog.FileWorkAsync(AtOnce, cancellation);
        var due = work.Where(one => one.Since <= now - Grace).Select(one => one.RecordId).Distinct(StringComparer.Ordinal).ToList();
        foreach (var gone in _woken.Keys.Except(work.Select(one => one.RecordId), StringComparer.Ordinal).ToList()) _woken.Remove(gone);
        due.RemoveAll(recordId => _woken.TryGetValue(recordId, out var woken) && woken.Until > now);
        if (due.Count == 0) return;

        await using var scope = scopes.CreateAsyncScope();
        var bus = scope.ServiceProvider.GetRequiredService<IMessageBus>();
        foreach (var recordId in due)
        {
            await bus.PublishAsync(new SettleRecording(recordId));
            var wait = _woken.TryGetValue(recordId, out var before) ? Least(before.Wait * 2, LongestWait) : FirstWait;
            _woken[recordId] = new Woken(now + wait, wait);
        }
    }

    private static TimeSpan Least(TimeSpan one, TimeSpan other) => one < other ? one : other;

    private readonly record struct Woken(DateTimeOffset Until, TimeSpan Wait);

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, Message = "Files of recordings that are due cannot be looked for")]
        public static partial void CannotLook(ILogger log, Exception failure);
    }
}
