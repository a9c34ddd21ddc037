namespace Scalelite.Messaging.Delivering;

/// <summary>The message can never be handled here: trying again is of no use.</summary>
internal sealed class UndeliverableException(string message) : Exception(message);
