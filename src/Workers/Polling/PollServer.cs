namespace Scalelite.Workers.Polling;

/// <summary>Wakes one round of polling up. A round that was accepted before ends the chain, so a second chain ends by itself.</summary>
/// <param name="Round">The number that the result will bear: one more than the last accepted one.</param>
public sealed record PollServer(string ServerId, long Round);

/// <summary>An offline server answered a call: it is polled now, not when its next round is due.</summary>
public sealed record PollServerSoon(string ServerId);
