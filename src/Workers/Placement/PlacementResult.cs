using Scalelite.Domain.Placement;
using Scalelite.Projections.Meetings;
using Scalelite.Projections.Servers;

namespace Scalelite.Workers.Placement;

/// <summary>What came of a <see cref="PlacementOrder"/>.</summary>
public abstract record PlacementResult
{
    private PlacementResult()
    {
    }

    /// <summary>The meeting is reserved on this server; whoever asked now calls the node.</summary>
    /// <param name="Tag">The server's tag, null if it has none.</param>
    public sealed record Placed(Guid Instance, PoolServer Server, string? Tag, string? VoiceBridge, int Attempt) : PlacementResult;

    /// <summary>The meeting has a place: forward to it, or wait while it is being placed.</summary>
    public sealed record Held(MeetingLocation Location) : PlacementResult;

    /// <summary>There is no server for it.</summary>
    public sealed record Refused(PlacementError Error, string? Tag) : PlacementResult;

    /// <summary>The failed reservation is released, and no other server was asked for.</summary>
    public sealed record Released : PlacementResult;
}
