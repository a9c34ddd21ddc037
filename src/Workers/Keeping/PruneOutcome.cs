using Scalelite.Domain.Keeping;

namespace Scalelite.Workers.Keeping;

/// <summary>What came of a stream that is old enough to be pruned.</summary>
public abstract record PruneOutcome
{
    private PruneOutcome()
    {
    }

    /// <summary>It was rolled up and deleted; or would be.</summary>
    /// <param name="RolledUp">A <see cref="ServerDayRolledUp"/> or <see cref="JoinsRolledUp"/>.</param>
    public sealed record Pruned(object RolledUp, StreamPruned Told) : PruneOutcome;

    /// <summary>It stays for now.</summary>
    /// <param name="Why">For a person.</param>
    public sealed record Kept(string Why) : PruneOutcome;

    /// <summary>Another is at it, or was: it is looked at again.</summary>
    public sealed record Busy : PruneOutcome;
}
