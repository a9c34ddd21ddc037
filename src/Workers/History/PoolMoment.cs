using Scalelite.Domain.History;

namespace Scalelite.Workers.History;

/// <summary>The pool as it was.</summary>
/// <param name="At">The moment that was asked for.</param>
/// <param name="Number">The state is that after the events up to this number of the log; 0: before the first.</param>
/// <param name="NumberAt">When the event with that number, or the last one left before it, was written; null before the first.</param>
public sealed record PoolMoment(PoolState State, DateTimeOffset At, long Number, DateTimeOffset? NumberAt);

/// <summary>A stretch of the history.</summary>
/// <param name="Start">The pool at its beginning; it is the caller's, to apply the events to.</param>
/// <param name="UpTo">The number of its last event.</param>
/// <param name="Events">The pool's events since, in order of number, read as they are asked for.</param>
public sealed record PoolReplay(PoolMoment Start, long UpTo, IAsyncEnumerable<PoolEvent> Events);

/// <summary>An event of the pool: one of <see cref="PoolEvents.ByName"/>.</summary>
/// <param name="Number">In the log.</param>
/// <param name="Timestamp">When it was written, by its writer's clock. Numbers do not rise with it strictly.</param>
/// <param name="Data">The event.</param>
public readonly record struct PoolEvent(long Number, DateTimeOffset Timestamp, object Data);
