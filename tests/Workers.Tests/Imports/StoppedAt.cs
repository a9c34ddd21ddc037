using System.Diagnostics;

namespace Scalelite.Workers.Tests.Imports;

/// <summary>Stops the first import that comes to a step, of those that it is asked about: its thread never goes on.</summary>
internal sealed class StoppedAt : IObserver<DiagnosticListener>, IObserver<KeyValuePair<string, object?>>, IDisposable
{
    private readonly string _step;
    private readonly Func<Guid, bool> _isOurs;
    private readonly TaskCompletionSource<Guid> _stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<IDisposable> _subscriptions = [];
    private int _taken;

    public StoppedAt(string step, Func<Guid, bool> isOurs)
    {
        (_step, _isOurs) = (step, isOurs);
        _subscriptions.Add(DiagnosticListener.AllListeners.Subscribe(this));
    }

    /// <summary>The import, when it has come there.</summary>
    public Task<Guid> Import => _stopped.Task.WaitAsync(TimeSpan.FromSeconds(60));

    public void OnNext(DiagnosticListener value)
    {
        if (value.Name == "Scalelite.Import") _subscriptions.Add(value.Subscribe(this, step => step == _step));
    }

    public void OnNext(KeyValuePair<string, object?> value)
    {
        if (value.Key != _step || value.Value is not Guid import || !_isOurs(import) || Interlocked.Exchange(ref _taken, 1) != 0) return;
        _stopped.SetResult(import);
        Thread.CurrentThread.IsBackground = true;
        using var never = new ManualResetEventSlim();
        never.Wait();
    }

    public void OnCompleted()
    {
    }

    public void OnError(Exception error)
    {
    }

    public void Dispose()
    {
        foreach (var subscription in _subscriptions) subscription.Dispose();
    }
}
