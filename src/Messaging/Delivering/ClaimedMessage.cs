using Scalelite.Messaging.Sending;

namespace Scalelite.Messaging.Delivering;

/// <summary>A message that this worker holds.</summary>
internal sealed record ClaimedMessage(Lease Lease, string Type, string Body, string? CorrelationId);
