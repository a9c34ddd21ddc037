using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Scalelite.EventStore;
using Scalelite.Messaging.Sending;

namespace Scalelite.Messaging.Handling;

/// <summary>Runs a handler, then writes its events, what it sent and the acknowledgement of its message: all or nothing.</summary>
internal sealed class HandlerRunner(IServiceScopeFactory scopes, GroupCommit groupCommit, WakeUp due, IOptions<MessagingOptions> options) : IDisposable
{
    private readonly SemaphoreSlim _saving = new(options.Value.MaxSaving);

    /// <summary>Returns when everything is committed. No connection is held while the handler runs.</summary>
    /// <param name="handler">The message's handler.</param>
    /// <param name="message">The message.</param>
    /// <param name="correlationId">Goes on to the handler's events and messages.</param>
    /// <param name="causationId">The message's id: the cause of the handler's events and messages.</param>
    /// <param name="lease">The lease of a stored message; null for one that was only invoked.</param>
    /// <param name="cancellation">Ends the handler.</param>
    /// <exception cref="LeaseLostException">The message is no longer this worker's; nothing was written.</exception>
    public async Task RunAsync(
        MessageHandler handler, object message, string? correlationId, string? causationId, Lease? lease, CancellationToken cancellation)
    {
        for (var conflicts = 0; ; conflicts++)
        {
            try
            {
                await RunOnceAsync(handler, message, correlationId, causationId, lease, cancellation).ConfigureAwait(false);
                return;
            }
            catch (Exception conflict) when (IsConflict(conflict) && conflicts < options.Value.ConflictRetries)
            {
                // Another writer was first: the handler loads and decides anew. The pause parts those who collided.
                await Task.Delay(Random.Shared.Next(2, 10 << conflicts), cancellation).ConfigureAwait(false);
            }
            catch (Exception lost) when (lease is { } held && lost is not LeaseLostException && LeaseLostException.IsCauseOf(lost))
            {
                throw new LeaseLostException(held.MessageId, lost);
            }
        }
    }

    public void Dispose() => _saving.Dispose();

    private static bool IsConflict(Exception exception) => exception is EventStreamUnexpectedMaxEventIdException or ExistingStreamIdCollisionException;

    private async Task RunOnceAsync(
        MessageHandler handler, object message, string? correlationId, string? causationId, Lease? lease, CancellationToken cancellation)
    {
        var services = scopes.CreateAsyncScope();
        await using var _ = services.ConfigureAwait(false);
        var scope = services.ServiceProvider.GetRequiredService<HandlerScope>();
        scope.Begin(services.ServiceProvider, correlationId, causationId, cancellation);

        var returned = await handler.RunAsync(message, scope).ConfigureAwait(false);
        foreach (var sent in returned ?? []) scope.Send(sent);

        if (scope.HasSession) await SaveAsync(scope, lease, cancellation).ConfigureAwait(false);
        else if (lease is { } held) await groupCommit.AcknowledgeAsync(held, scope.Sent).ConfigureAwait(false);
        else await groupCommit.StoreAsync(scope.Sent).ConfigureAwait(false);
    }

    private async Task SaveAsync(HandlerScope scope, Lease? lease, CancellationToken cancellation)
    {
        if (lease is { } held)
            scope.Session.QueueSqlCommand("select acknowledge_message(?, ?, ?)", held.MessageId, held.Owner, held.Attempt);
        if (scope.Sent.Count > 0)
            scope.Session.QueueSqlCommand(EnvelopeColumns.QueuedInsert, EnvelopeColumns.Of(scope.Sent).Values());

        if (lease is null) await scope.Session.SaveChangesAsync(cancellation).ConfigureAwait(false);
        else await SaveInTurnAsync(scope.Session, cancellation).ConfigureAwait(false);
        if (scope.Sent.Any(envelope => envelope.DueAtOnce)) due.Wake();
    }

    /// <summary>A worker with many handlers leaves connections of the pool to the callers who wait for an answer.</summary>
    private async Task SaveInTurnAsync(IDocumentSession session, CancellationToken cancellation)
    {
        await _saving.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            await session.SaveChangesAsync(cancellation).ConfigureAwait(false);
        }
        finally
        {
            _saving.Release();
        }
    }
}
