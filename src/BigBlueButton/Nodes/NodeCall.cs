using Scalelite.BigBlueButton.Parameters;

namespace Scalelite.BigBlueButton.Nodes;

/// <summary>Which connections a call uses.</summary>
public enum NodeLane
{
    /// <summary>What callers wait for.</summary>
    Calls,

    /// <summary>Polls, which hanging calls must not starve.</summary>
    Polls,
}

/// <summary>A call to be made.</summary>
/// <param name="Call">The path's last element; empty for the root, which is not signed.</param>
/// <param name="Query">Encoded, without a checksum.</param>
/// <param name="Body">Makes the call a POST.</param>
public sealed record NodeCall(NodeAddress Node, string Call, string Query, NodeTimeouts Timeouts, NodeBody? Body = null, NodeLane Lane = NodeLane.Calls)
{
    /// <summary>A call with these parameters.</summary>
    public static NodeCall Of(
        NodeAddress node, string call, QueryParameters parameters, NodeTimeouts timeouts, NodeBody? body = null, NodeLane lane = NodeLane.Calls)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        return new NodeCall(node, call, parameters.Encode(), timeouts, body, lane);
    }

    /// <summary>Node and call; the query is not for logs.</summary>
    public override string ToString() => $"{Call} on {Node}";
}
