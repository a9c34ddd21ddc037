namespace Scalelite.EventLog;

/// <summary>A message that failed for good.</summary>
/// <param name="Id">The message's id.</param>
/// <param name="MessageType">The full name of its type.</param>
/// <param name="Body">The message as JSON.</param>
/// <param name="Error">Why it failed the last time.</param>
/// <param name="SentAt">When it was sent.</param>
public sealed record DeadLetter(Guid Id, string MessageType, string Body, string Error, DateTimeOffset SentAt);
