namespace Scalelite.Messaging.Sending;

/// <summary>The right to finish a message: it holds while the row still bears this owner and attempt.</summary>
internal readonly record struct Lease(Guid MessageId, Guid Owner, int Attempt);
