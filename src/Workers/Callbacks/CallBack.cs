namespace Scalelite.Workers.Callbacks;

/// <summary>A callback is due. It is only a wake-up: whether it is to be sent stands in its row.</summary>
/// <param name="Attempt">From 1; a message whose attempt has passed does nothing.</param>
/// <param name="Host">Whose turn it must be: no host gets more than its share of this process.</param>
public sealed record CallBack(Guid CallbackId, int Attempt, string Host);
