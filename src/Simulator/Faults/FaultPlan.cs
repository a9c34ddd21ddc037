namespace Scalelite.Simulator.Faults;

/// <summary>All that strikes one call.</summary>
internal sealed class FaultPlan
{
    public TimeSpan Before { get; private set; }

    public TimeSpan After { get; private set; }

    public bool ThousandsSeparators { get; private set; }

    /// <summary>What is done in place of the answer, if anything.</summary>
    public ActiveFault? Instead { get; private set; }

    public void Add(ActiveFault fault)
    {
        switch (fault.Fault)
        {
            case { Kind: FaultKind.Latency, AfterExecuting: false }:
                Before += fault.Draw();
                break;
            case { Kind: FaultKind.Latency }:
                After += fault.Draw();
                break;
            case { Kind: FaultKind.ThousandsSeparators }:
                ThousandsSeparators = true;
                break;
            default:
                Instead ??= fault;
                break;
        }
    }
}
