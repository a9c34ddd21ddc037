namespace Scalelite.Simulator.Faults;

/// <summary>How a node is reached on the network.</summary>
public enum Reach
{
    /// <summary>It listens and answers.</summary>
    Reachable,

    /// <summary>Nothing listens: connections are refused, and those that were open are reset.</summary>
    Refusing,

    /// <summary>A black hole: no connection comes about, open ones hear nothing. The node's meetings go on.</summary>
    Partitioned,
}
