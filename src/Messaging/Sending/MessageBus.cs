using System.Diagnostics;
using Scalelite.Messaging.Handling;

namespace Scalelite.Messaging.Sending;

/// <summary>
/// The bus of one scope. In a handler's scope what is published goes with the handler's transaction; elsewhere it is stored before the call returns.
/// </summary>
internal sealed class MessageBus(HandlerScope scope, GroupCommit groupCommit, HandlerTable handlers, HandlerRunner runner, TimeProvider time) : IMessageBus
{
    private readonly string _correlationId = scope.CorrelationId ?? Activity.Current?.RootId ?? Guid.CreateVersion7().ToString();

    public ValueTask PublishAsync<T>(T message) => Send(message ?? throw new ArgumentNullException(nameof(message)));

    public ValueTask ScheduleAsync<T>(T message, DateTimeOffset time) =>
        Send(new ScheduledMessage(message ?? throw new ArgumentNullException(nameof(message)), time));

    public async Task InvokeAsync(object message, CancellationToken cancellation = default, TimeSpan? timeout = null)
    {
        ArgumentNullException.ThrowIfNull(message);
        var handler = handlers.Find(message.GetType())
            ?? throw new InvalidOperationException($"No handler for messages of type {message.GetType()}");
        if (timeout is not { } limit)
        {
            await Run(handler, message, cancellation).ConfigureAwait(false);
            return;
        }

        using var ending = new CancellationTokenSource(limit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ending.Token, cancellation);
        try
        {
            await Run(handler, message, either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException late) when (ending.IsCancellationRequested && !cancellation.IsCancellationRequested)
        {
            throw new TimeoutException($"{handler.Name} took longer than {limit}", late);
        }
    }

    private Task Run(MessageHandler handler, object message, CancellationToken cancellation) =>
        runner.RunAsync(handler, message, _correlationId, Guid.CreateVersion7().ToString(), lease: null, cancellation);

    private ValueTask Send(object message)
    {
        if (!scope.Handles) return new(groupCommit.StoreAsync([Envelope.For(message, _correlationId, causationId: null)]));
        scope.Send(message);
        return ValueTask.CompletedTask;
    }
}
