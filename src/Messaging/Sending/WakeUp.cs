namespace Scalelite.Messaging.Sending;

/// <summary>Wakes the one loop of this process that waits for work; a call while nobody waits ends the next wait at once.</summary>
internal sealed class WakeUp : IDisposable
{
    private readonly SemaphoreSlim _signal = new(0, 1);
    private int _set;

    public void Wake()
    {
        if (Interlocked.Exchange(ref _set, 1) == 0) _signal.Release();
    }

    /// <summary>Waits for a call of <see cref="Wake"/>, for at most <paramref name="longest"/>.</summary>
    public async Task WaitAsync(TimeSpan longest, CancellationToken cancellation)
    {
        if (await _signal.WaitAsync(longest, cancellation).ConfigureAwait(false)) Volatile.Write(ref _set, 0);
    }

    public void Dispose() => _signal.Dispose();
}
