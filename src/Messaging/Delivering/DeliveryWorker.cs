using System.Collections.Concurrent;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Scalelite.Messaging.Sending;

namespace Scalelite.Messaging.Delivering;

/// <summary>Claims due messages, has them delivered, and keeps their leases. One for each process that handles messages.</summary>
internal sealed partial class DeliveryWorker(
    MessageQueue queue,
    Delivery delivery,
    WakeUp due,
    IOptions<MessagingOptions> settings,
    TimeProvider time,
    ILogger<DeliveryWorker> logger) : IHostedService, IDisposable
{
    private static readonly TimeSpan AfterTrouble = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan ShortestPoll = TimeSpan.FromMilliseconds(25);
    private static readonly TimeSpan Gathering = TimeSpan.FromMilliseconds(2);
    private static readonly TimeSpan ForCancelled = TimeSpan.FromSeconds(1);

    private readonly MessagingOptions _options = settings.Value;
    private readonly Guid _owner = Guid.NewGuid();
    private readonly ConcurrentDictionary<Lease, byte> _held = new();
    private readonly CancellationTokenSource _stopClaiming = new();
    private readonly CancellationTokenSource _stopHandling = new();
    private readonly CancellationTokenSource _stopRenewing = new();
    private readonly TaskCompletionSource _idle = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task _claiming = Task.CompletedTask;
    private Task _renewing = Task.CompletedTask;
    private int _running;
    private int _full;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _claiming = Task.Run(ClaimLoop, CancellationToken.None);
        _renewing = Task.Run(RenewLoop, CancellationToken.None);
        return Task.CompletedTask;
    }

    /// <summary>Claims no more, waits for the handlers that run, then cancels those that still do and gives their messages back at once.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stopClaiming.CancelAsync().ConfigureAwait(false);
        await _claiming.WaitAsync(_options.StopTimeout, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (Volatile.Read(ref _running) == 0) _idle.TrySetResult();
        await Idle(_options.StopTimeout, cancellationToken).ConfigureAwait(false);
        await _stopHandling.CancelAsync().ConfigureAwait(false);
        await Idle(ForCancelled, cancellationToken).ConfigureAwait(false);
        await _stopRenewing.CancelAsync().ConfigureAwait(false);
        await _renewing.ConfigureAwait(false);
        await GiveBackHeld().ConfigureAwait(false);
    }

    public void Dispose()
    {
        _stopClaiming.Dispose();
        _stopHandling.Dispose();
        _stopRenewing.Dispose();
    }

    private async Task ClaimLoop()
    {
        var pause = ShortestPoll;
        while (!_stopClaiming.IsCancellationRequested)
        {
            try
            {
                var free = _options.MaxInFlight - Volatile.Read(ref _running);
                if (free <= 0)
                {
                    await Slot().ConfigureAwait(false);
                    continue;
                }

                // Not cancelled by a stop: what was claimed must be known here, so that it is handled or given back.
                var claimed = await queue.ClaimAsync(free, _owner, _options.LeaseDuration, CancellationToken.None).ConfigureAwait(false);
                foreach (var message in claimed)
                {
                    _held.TryAdd(message.Lease, 0);
                    Interlocked.Increment(ref _running);
                    _ = Task.Run(() => Handle(message), CancellationToken.None);
                }

                if (claimed.Count == free) continue;
                pause = claimed.Count > 0 ? ShortestPoll : TimeSpan.FromTicks(Math.Min(pause.Ticks * 2, _options.PollInterval.Ticks));
                await due.WaitAsync(pause, _stopClaiming.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (_stopClaiming.IsCancellationRequested)
            {
                return;
            }
#pragma warning disable CA1031 // The database is away or refuses: try again until it is back.
            catch (Exception trouble)
#pragma warning restore CA1031
            {
                Log.ClaimFailed(logger, trouble);
                await Task.Delay(AfterTrouble, time, _stopClaiming.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    /// <summary>Waits until a handler ends, and a moment more, so that one claim serves several.</summary>
    private async Task Slot()
    {
        Interlocked.Exchange(ref _full, 1);
        if (Volatile.Read(ref _running) >= _options.MaxInFlight) await due.WaitAsync(_options.PollInterval, _stopClaiming.Token).ConfigureAwait(false);
        Interlocked.Exchange(ref _full, 0);
        await Task.Delay(Gathering, time, _stopClaiming.Token).ConfigureAwait(false);
    }

    private async Task RenewLoop()
    {
        using var timer = new PeriodicTimer(_options.HeartbeatInterval, time);
        try
        {
            while (await timer.WaitForNextTickAsync(_stopRenewing.Token).ConfigureAwait(false)) await Renew().ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // The process stops.
        }
    }

    private async Task Renew()
    {
        var messages = _held.Keys.Select(lease => lease.MessageId).ToArray();
        if (messages.Length == 0) return;
        try
        {
            await queue.RenewAsync(messages, _owner, _options.LeaseDuration, _stopRenewing.Token).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // If this goes on, the leases end, as they must.
        catch (Exception trouble) when (trouble is not OperationCanceledException)
#pragma warning restore CA1031
        {
            Log.RenewFailed(logger, messages.Length, trouble);
        }
    }

    private async Task Handle(ClaimedMessage message)
    {
        try
        {
            await delivery.HandleAsync(message, _stopHandling.Token).ConfigureAwait(false);
        }
        finally
        {
            _held.TryRemove(message.Lease, out _);
            var left = Interlocked.Decrement(ref _running);
            if (left == 0 && _stopClaiming.IsCancellationRequested) _idle.TrySetResult();
            if (Volatile.Read(ref _full) == 1) due.Wake();
        }
    }

    private async Task Idle(TimeSpan longest, CancellationToken cancellation)
    {
        var ended = _idle.Task.WaitAsync(longest, time, cancellation);
        await ended.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task GiveBackHeld()
    {
        var held = _held.Keys.ToArray();
        if (held.Length == 0) return;
        Log.GivenBack(logger, held.Length);
        try
        {
            await queue.GiveBackAsync(held, TimeSpan.Zero).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // Their leases end by themselves.
        catch (Exception trouble)
#pragma warning restore CA1031
        {
            Log.GiveBackFailed(logger, held.Length, trouble);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "Due messages could not be claimed; trying again")]
        public static partial void ClaimFailed(ILogger logger, Exception trouble);

        [LoggerMessage(2, LogLevel.Warning, "The leases of {Messages} messages could not be renewed")]
        public static partial void RenewFailed(ILogger logger, int messages, Exception trouble);

        [LoggerMessage(3, LogLevel.Information, "{Messages} messages whose handlers did not end in time are given back")]
        public static partial void GivenBack(ILogger logger, int messages);

        [LoggerMessage(4, LogLevel.Warning, "{Messages} messages could not be given back; their leases end by themselves")]
        public static partial void GiveBackFailed(ILogger logger, int messages, Exception trouble);
    }
}
