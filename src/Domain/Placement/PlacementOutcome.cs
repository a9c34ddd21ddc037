namespace Scalelite.Domain.Placement;

/// <summary>What came of placing one meeting.</summary>
public abstract record PlacementOutcome
{
    private PlacementOutcome()
    {
    }

    /// <summary>The meeting goes to this server, whose load is as it was before.</summary>
    public sealed record Placed(ServerLoad Server, PlacementReason Why) : PlacementOutcome;

    /// <summary>There is no server for it.</summary>
    /// <param name="Tag">The tag that was asked for, as the client and the settings gave it.</param>
    public sealed record Failed(PlacementError Error, string? Tag) : PlacementOutcome;
}

/// <summary>Why there is no server for a meeting.</summary>
public enum PlacementError
{
    /// <summary>None takes meetings, or all were tried: <c>internalError</c>, "Could not find any available servers."</summary>
    NoServerAvailable,

    /// <summary>None has a tag that was required: <c>serverTagUnavailable</c>.</summary>
    TagUnavailable,

    /// <summary>All that could take it hold a meeting with its id already, for another tenant: <c>idNotUnique</c>.</summary>
    IdNotUnique,

    /// <summary>The tenant has as many meetings as it may have: <c>maxConcurrent</c>.</summary>
    TooManyMeetings,

    /// <summary>The tenant has as many users as it may have: <c>maxConcurrentUsers</c>.</summary>
    TooManyUsers,
}
