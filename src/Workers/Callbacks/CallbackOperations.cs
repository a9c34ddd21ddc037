using Scalelite.Domain;
using Scalelite.Domain.Callbacks;
using Scalelite.EventLog;
using Scalelite.Workers.Servers;

namespace Scalelite.Workers.Callbacks;

/// <summary>What operators do with callbacks.</summary>
public sealed class CallbackOperations(IDocumentStore store, SecretVault vault, IMessageBus bus, TimeProvider time)
{
    /// <summary>Has a callback that was given up tried again, at once and for CALLBACK_RETRY_FOR.</summary>
    /// <returns>Why not, as a sentence; null where it is done.</returns>
    public async Task<string?> RetryAsync(Guid callback, string host, ChangedBy by, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(by);
        await using var session = store.LightweightSession();
        session.SignedBy(by, "callbacks retry");
        var attempt = 0;
        var decision = await session.DecideAsync<Callback>(
            Streams.Callback(callback),
            known =>
            {
                attempt = known.Attempts + 1;
                return known.Retry(time.GetUtcNow());
            },
            cancellation,
            by);
        if (decision.Refusal is { } refused) return refused;
        if (attempt == 0) return $"Couldn't find callback with id={callback}";
        if (await vault.FindAsync(callback, CallbackSecrets.UrlKind, cancellation) is null) return $"The URL of callback {callback} was forgotten: it can't be retried";

        await session.SaveChangesAsync(cancellation);
        await bus.PublishAsync(new CallBack(callback, attempt, host));
        return null;
    }
}
