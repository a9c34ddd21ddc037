namespace Scalelite.EventLog;

/// <summary>The messages that failed for good, in either flavour.</summary>
public interface IDeadLetters
{
    /// <summary>The latest dead letters first, at most <paramref name="limit"/>; with <paramref name="messageType"/> (full name) those of that type alone.</summary>
    /// <param name="offset">So many of the latest are left out.</param>
    Task<IReadOnlyList<DeadLetter>> ListAsync(int limit = 100, string? messageType = null, int offset = 0, CancellationToken cancellation = default);

    /// <summary>One dead letter; null where there is none.</summary>
    Task<DeadLetter?> FindAsync(Guid id, CancellationToken cancellation = default);

    /// <summary>How many there are.</summary>
    Task<long> CountAsync(CancellationToken cancellation = default);

    /// <summary>Has one handled again, with all its attempts before it; false if there is no such dead letter.</summary>
    Task<bool> ReplayAsync(Guid id, CancellationToken cancellation = default);

    /// <summary>Has all of them handled again; returns how many there were.</summary>
    Task<long> ReplayAllAsync(CancellationToken cancellation = default);
}
