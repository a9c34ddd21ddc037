using Scalelite.Simulator.Faults;

namespace Scalelite.Simulator.Control;

/// <summary>
/// The body of <c>POST /simulator/faults</c>, such as <c>{"node":"node-2","kind":"hang","calls":["create"],"times":1}</c>.
/// </summary>
/// <param name="Node">A node's name; <c>*</c> or nothing for all of them.</param>
/// <param name="Kind">A <see cref="FaultKind"/>, or <c>refuse</c>, <c>partition</c>, <c>crash</c>, <c>recover</c>, <c>clear</c>.</param>
/// <param name="Calls">The calls that it strikes; nothing: all.</param>
/// <param name="Times">How many calls it strikes; nothing: until <c>clear</c> or <c>recover</c>.</param>
/// <param name="Seconds">How long a <c>latency</c> is.</param>
/// <param name="JitterSeconds">Up to how much is added to it.</param>
/// <param name="AfterExecuting">Whether the call is executed first.</param>
internal sealed record FaultOrder(
    string? Node,
    string? Kind,
    string[]? Calls,
    int? Times,
    double? Seconds,
    double? JitterSeconds,
    bool? AfterExecuting,
    int? Status,
    string? MessageKey,
    string? Message,
    string? Body)
{
    /// <summary>What is to be done with each node; null for an unknown kind.</summary>
    public Action<SimulatedNode>? Action => Kind?.ToLowerInvariant() switch
    {
        "refuse" => node => node.Refuse(),
        "partition" => node => node.Partition(),
        "crash" => node => node.Crash(),
        "recover" => node => node.Recover(),
        "clear" => node => node.Faults.Clear(),
        _ when !int.TryParse(Kind, out _) && Enum.TryParse<FaultKind>(Kind, ignoreCase: true, out var kind) => node => node.Faults.Add(FaultOf(kind)),
        _ => null,
    };

    private Fault FaultOf(FaultKind kind)
    {
        var usual = new Fault(kind);
        return usual with
        {
            Calls = Calls ?? [],
            Times = Times,
            Delay = TimeSpan.FromSeconds(Seconds ?? 0),
            Jitter = TimeSpan.FromSeconds(JitterSeconds ?? 0),
            AfterExecuting = AfterExecuting ?? usual.AfterExecuting,
            Status = Status ?? usual.Status,
            MessageKey = MessageKey ?? usual.MessageKey,
            Message = Message ?? usual.Message,
            Body = Body,
        };
    }
}
