using System.Diagnostics;

namespace Scalelite.Workers.Tests.Imports;

/// <summary>Does something when the first import comes to a step, of those that it is asked about; or stops it there, its thread never goes on.</summary>
internal sealed class AtStep : IObserver<DiagnosticListener>, IObserver<KeyValuePair<string, object?>>, IDisposable
{
    private readonly string _step;
    private readonly Func<Guid, bool> _isOurs;
    private readonly Action? _then;
    private readonly TaskCompletionSource<Guid> _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<IDisposable> _subscriptions = [];
    private int _taken;

    public AtStep(string step, Func<Guid, bool> isOurs, Action? then = null)
    {
        (_step, _isOurs, _then) = (step, isOurs, then);
        _subscriptions.Add(DiagnosticListener.AllListeners.Subscribe(this));
    }

    /// <summary>The import, when it has come there and what was to be done is done.</summary>
    public Task<Guid> Import => _reached.Task.WaitAsync(TimeSpan.FromSeconds(60));

    public void OnNext(DiagnosticListener value)
    {
        if (value.Name == "Scalelite.Import") _subscriptions.Add(value.Subscribe(this, step => step == _step));
    }

    public void OnNext(KeyValuePair<string, object?> value)
    {
        if (value.Key != _step || value.Value is not Guid import || !_isOurs(import) || Interlocked.Exchange(ref _taken, 1) != 0) return;
        _then?.Invoke();
        _reached.SetResult(import);
        if (_then is not null) return;
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
