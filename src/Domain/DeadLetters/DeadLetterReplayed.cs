namespace Scalelite.Domain.DeadLetters;

/// <summary>Somebody has a message handled again that had failed for good (stream <c>dead-letter-{id}</c>).</summary>
/// <param name="LetterId">The message's id.</param>
/// <param name="MessageType">The full name of its type.</param>
public sealed record DeadLetterReplayed(Guid LetterId, string MessageType, DateTimeOffset At);
