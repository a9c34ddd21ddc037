namespace Scalelite.Workers.Polling;

/// <summary>What a poll of a server gave; nothing of it is written yet.</summary>
/// <param name="Round">The round that it is the result of.</param>
/// <param name="Stream">The server's poll stream of that day.</param>
/// <param name="Event"><c>ServerPolled</c> or <c>ServerPollFailed</c>.</param>
/// <param name="Consequences">Messages, each of which decides again and is retried alone.</param>
/// <param name="NextPollAt">When the next round is due.</param>
public sealed record PollResult(long Round, string Stream, object Event, IReadOnlyList<object> Consequences, DateTimeOffset NextPollAt);
