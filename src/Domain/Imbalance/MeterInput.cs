namespace Scalelite.Domain.Imbalance;

/// <summary>The load of one server that takes meetings, at the moment of the sample.</summary>
/// <param name="Load">Users times the server's multiplier; not below 0.</param>
/// <param name="LargestMeeting">The users of its largest meeting; 0 where nobody knows.</param>
public readonly record struct ServerSample(string ServerId, double Load, int LargestMeeting = 0);

/// <summary>A meeting was given to a server: newly placed, tried again on the next one, or moved.</summary>
/// <param name="PollAge">Age of the chosen server's poll; null where it had none.</param>
/// <param name="Candidates">How many servers could have been chosen.</param>
/// <param name="Tag">The tag that was asked for; null where none was.</param>
public readonly record struct MeteredPlacement(DateTimeOffset At, string ServerId, TimeSpan? PollAge, int Candidates, string? Tag = null);

/// <summary>What happened to a server as far as placing is concerned.</summary>
public enum PoolChangeKind
{
    /// <summary>It answers again.</summary>
    CameOnline,

    /// <summary>An operator let it take meetings.</summary>
    Enabled,

    /// <summary>An operator drains it.</summary>
    Cordoned,

    /// <summary>An operator disabled or panicked it, or it is drained.</summary>
    Disabled,

    /// <summary>A poll or call failed.</summary>
    Suspected,

    /// <summary>It does not answer.</summary>
    WentOffline,

    /// <summary>It left the pool for good: nobody waits for it.</summary>
    Removed,
}

/// <summary>A server began to take meetings, or ceased to.</summary>
public readonly record struct PoolChange(DateTimeOffset At, string ServerId, PoolChangeKind Kind)
{
    /// <summary>It may take meetings now, where nothing else keeps it from that.</summary>
    public bool IsReturn => Kind is PoolChangeKind.CameOnline or PoolChangeKind.Enabled;
}
