using Scalelite.Simulator.Faults;

namespace Scalelite.Simulator.Control;

/// <summary>A node as <c>GET /simulator/nodes</c> shows it.</summary>
internal sealed record NodeView(
    string Name,
    string Url,
    string Secret,
    Reach Reach,
    IReadOnlyList<Fault> Faults,
    int Meetings,
    int Users,
    int Connections,
    int PeakConnections,
    IReadOnlyDictionary<string, long> Calls,
    int Ends,
    long ChecksumErrors)
{
    public static NodeView Of(SimulatedNode node) => new(
        node.Name,
        node.Url,
        node.Secret,
        node.Reach,
        node.Faults.Active,
        node.Table.All.Count,
        node.Users,
        node.Connections,
        node.PeakConnections,
        node.Journal.Counts,
        node.Journal.Ends.Count,
        node.Journal.ChecksumErrors);
}

/// <summary>The body of <c>POST /simulator/users</c>: users who come in (or, below zero, leave).</summary>
internal sealed record UserOrder(string? Node, string? MeetingID, int Users, int Moderators);
