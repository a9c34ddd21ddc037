using System.Diagnostics;

namespace Scalelite.BigBlueButton.Nodes;

/// <summary>One call while it is under way: its clock, and how far it came.</summary>
internal sealed class NodeExchange : IDisposable
{
    /// <summary>Lets the connection's stream know whose bytes it sends; connections are pooled, and the handler tells nobody.</summary>
    private static readonly AsyncLocal<NodeExchange?> CurrentExchange = new();

    private readonly Lock _lock = new();
    private readonly long _began = Stopwatch.GetTimestamp();
    private readonly CancellationTokenSource _limit = new();
    private readonly CancellationTokenRegistration _onCancelled;
    private bool _isOver;
    private volatile bool _wasSent;

    public NodeExchange(NodeTimeouts timeouts, CancellationToken caller)
    {
        Timeouts = timeouts;
        _onCancelled = caller.UnsafeRegister(static limit => ((CancellationTokenSource)limit!).Cancel(), _limit);
    }

    public static NodeExchange? Current
    {
        get => CurrentExchange.Value;
        set => CurrentExchange.Value = value;
    }

    public NodeTimeouts Timeouts { get; }

    /// <summary>Cancelled when the current wait is over, or by the caller.</summary>
    public CancellationToken Token => _limit.Token;

    public TimeSpan Elapsed => Stopwatch.GetElapsedTime(_began);

    /// <summary>A byte of the request may have reached the node.</summary>
    public bool WasSent => _wasSent;

    /// <summary>The wait is for the resolver.</summary>
    public bool IsResolving { get; set; }

    /// <summary>What went wrong with the caller's body.</summary>
    public Exception? BodyFailure { get; set; }

    /// <summary>What the current wait ends by is the limit in total.</summary>
    public bool EndsByTotal { get; private set; }

    public void AwaitTurn() => Await(Timeouts.Queue);

    public void AwaitConnection() => Await(Timeouts.Connect);

    public void AwaitNode() => Await(Timeouts.Response);

    public void AwaitCaller() => Await(Timeout.InfiniteTimeSpan);

    public void MarkSent()
    {
        _wasSent = true;
        AwaitNode();
    }

    public void Dispose()
    {
        _onCancelled.Dispose();
        lock (_lock)
        {
            _isOver = true;
            _limit.Dispose();
        }
    }

    private void Await(TimeSpan wait)
    {
        var endsByTotal = false;
        if (Timeouts.Total is { } total)
        {
            var left = total - Elapsed;
            left = left < TimeSpan.Zero ? TimeSpan.Zero : left;
            endsByTotal = wait == Timeout.InfiniteTimeSpan || wait > left;
            wait = endsByTotal ? left : wait;
        }

        lock (_lock)
        {
            if (!_isOver && !_limit.IsCancellationRequested)
            {
                EndsByTotal = endsByTotal;
                _limit.CancelAfter(wait);
            }
        }
    }
}
