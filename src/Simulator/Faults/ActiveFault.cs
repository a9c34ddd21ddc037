namespace Scalelite.Simulator.Faults;

/// <summary>A fault in force, with what is left of its calls and the requests that hang on it.</summary>
internal sealed class ActiveFault : IDisposable
{
    private readonly CancellationTokenSource _removed = new();
    private int _left;

    public ActiveFault(Fault fault)
    {
        Fault = fault;
        Removed = _removed.Token;
        _left = fault.Times ?? int.MaxValue;
    }

    public Fault Fault { get; }

    /// <summary>Ends what hangs on the fault.</summary>
    public CancellationToken Removed { get; }

    public bool IsOver => Fault.Times is not null && Volatile.Read(ref _left) <= 0;

    /// <summary>Whether it strikes this call, which then counts.</summary>
    public bool Strikes(string call)
    {
        if (Fault.Calls.Count > 0 && !Fault.Calls.Contains(call))
        {
            return false;
        }

        return Fault.Times is null || Interlocked.Decrement(ref _left) >= 0;
    }

    public TimeSpan Draw() => Fault.Delay + Fault.Jitter * Random.Shared.NextDouble();

    public void Dispose()
    {
        _removed.Cancel();
        _removed.Dispose();
    }
}
