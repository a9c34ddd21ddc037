using System.Collections.Immutable;

namespace Scalelite.Simulator.Faults;

/// <summary>The faults of one node, in the order in which they were added. Latencies add up; of the rest the first one wins.</summary>
public sealed class NodeFaults
{
    private ImmutableArray<ActiveFault> _faults = [];

    internal NodeFaults()
    {
    }

    /// <summary>The faults in force.</summary>
    public IReadOnlyList<Fault> Active => [.. _faults.Where(f => !f.IsOver).Select(f => f.Fault)];

    /// <summary>From now on this goes wrong.</summary>
    public void Add(Fault fault)
    {
        ArgumentNullException.ThrowIfNull(fault);
        var active = new ActiveFault(fault);
        ImmutableInterlocked.Update(ref _faults, static (faults, one) => faults.Add(one), active);
    }

    /// <summary>Ends a fault; requests that hang on it are reset.</summary>
    /// <returns>False where it was not in force.</returns>
    public bool Remove(Fault fault)
    {
        while (true)
        {
            var faults = _faults;
            var active = faults.FirstOrDefault(f => f.Fault == fault);
            if (active is null)
            {
                return false;
            }

            if (ImmutableInterlocked.InterlockedCompareExchange(ref _faults, faults.Remove(active), faults) == faults)
            {
                active.Dispose();
                return true;
            }
        }
    }

    /// <summary>Ends all faults; requests that hang on them are reset.</summary>
    public void Clear()
    {
        foreach (var fault in ImmutableInterlocked.InterlockedExchange(ref _faults, []))
        {
            fault.Dispose();
        }
    }

    /// <summary>What strikes this call; null, mostly, for nothing.</summary>
    internal FaultPlan? Strike(string call)
    {
        var faults = _faults;
        FaultPlan? plan = null;
        foreach (var fault in faults)
        {
            if (fault.Strikes(call))
            {
                (plan ??= new FaultPlan()).Add(fault);
            }
        }

        return plan;
    }
}
