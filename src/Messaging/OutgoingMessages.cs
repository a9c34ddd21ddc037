namespace Scalelite.Messaging;

/// <summary>What a handler sends; stored in the transaction of its events.</summary>
public sealed class OutgoingMessages : List<object>
{
    /// <summary>Adds a message that is due after <paramref name="delay"/>.</summary>
    public void Delay<T>(T message, TimeSpan delay)
        where T : notnull => Add(new DelayedMessage(message, delay));

    /// <summary>Adds a message that is due at <paramref name="time"/>.</summary>
    public void Schedule<T>(T message, DateTimeOffset time)
        where T : notnull => Add(new ScheduledMessage(message, time));
}

internal sealed record DelayedMessage(object Message, TimeSpan Delay);

internal sealed record ScheduledMessage(object Message, DateTimeOffset Time);
