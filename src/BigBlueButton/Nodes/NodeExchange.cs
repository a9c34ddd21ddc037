using System.Diagnostics;

namespace Scalelite.BigBlueButton.Nodes;

/// <summary>One call while it is under way: its clock, and how far it came.</summary>
internal sealed class NodeExchange : IDisposable
{
    /// <summary>Lets the connection's stream know whose bytes it sends; connections are pooled, and the handler tells nobody.</summary>
    private static readonly AsyncLocal<NodeExchange?> CurrentExchange = new();

    /// <summary>How long a node's close of a kept connection takes to be noticed.</summary>
    private static readonly TimeSpan LongestRace = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private readonly long _began = Stopwatch.GetTimestamp();
    private readonly CancellationTokenSource _limit = new();
    private readonly CancellationTokenRegistration _onCancelled;
    private bool _isOver;
    private volatile bool _wasSent;
    private Stream? _connection;
    private long _firstSent;

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

    /// <summary>Bytes of the request go out on this connection.</summary>
    /// <exception cref="IOException">
    /// They went out on another one a while ago. The handler repeats a GET whose kept connection ended without an answer: right where the node
    /// closed it just then, wrong where the node took the call and died of it.
    /// </exception>
    public void MarkSent(Stream connection)
    {
        if (_connection is null)
        {
            _firstSent = Stopwatch.GetTimestamp();
        }
        else if (_connection != connection && Stopwatch.GetElapsedTime(_firstSent) > LongestRace)
        {
            throw new IOException("The connection ended without an answer");
        }

        _connection = connection;
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
