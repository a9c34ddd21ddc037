namespace Scalelite.Messaging;

/// <summary>Sends messages to handlers. Wolverine's name and shape; see <c>docs/decisions/0001-two-flavours.md</c>.</summary>
public interface IMessageBus
{
    /// <summary>Stores the message; a worker handles it soon, at least once.</summary>
    ValueTask PublishAsync<T>(T message);

    /// <summary>Handles the message here and now, and returns when it was handled; its failure is thrown.</summary>
    Task InvokeAsync(object message, CancellationToken cancellation = default, TimeSpan? timeout = null);

    /// <summary>Stores the message, to be handled at <paramref name="time"/> or soon after.</summary>
    ValueTask ScheduleAsync<T>(T message, DateTimeOffset time);
}
