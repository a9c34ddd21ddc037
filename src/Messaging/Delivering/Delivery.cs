using System.Text.Json;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Scalelite.Messaging.Handling;
using Scalelite.Messaging.Sending;

namespace Scalelite.Messaging.Delivering;

/// <summary>Has one claimed message handled, and decides what follows when it fails: again later, given back, or a dead letter.</summary>
internal sealed partial class Delivery(
    MessageQueue queue,
    HandlerTable handlers,
    HandlerRunner runner,
    IOptions<MessagingOptions> settings,
    TimeProvider time,
    ILogger<Delivery> logger)
{
    private static readonly TimeSpan DatabaseAway = TimeSpan.FromSeconds(1);

    private readonly MessagingOptions _options = settings.Value;

    /// <summary>Returns when the message is acknowledged or its failure is recorded; never throws.</summary>
    public async Task HandleAsync(ClaimedMessage message, CancellationToken stopping)
    {
        try
        {
            using var timeout = new CancellationTokenSource(_options.HandlerTimeout, time);
            using var ending = CancellationTokenSource.CreateLinkedTokenSource(stopping, timeout.Token);
            await Run(message, timeout, ending.Token).ConfigureAwait(false);
        }
        catch (LeaseLostException)
        {
            Log.LeaseLost(logger, message.Type, message.Lease.MessageId);
        }
#pragma warning disable CA1031 // A handler may throw anything.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            await Record(message, failure, stopping).ConfigureAwait(false);
        }
    }

    private int MaxAttempts => _options.Delays.Count + 1;

    private async Task Run(ClaimedMessage message, CancellationTokenSource timeout, CancellationToken cancellation)
    {
        var handler = handlers.Find(message.Type) ?? throw new UndeliverableException($"No handler for messages of type {message.Type}");
        if (message.Lease.Attempt > MaxAttempts)
            throw new UndeliverableException($"Claimed {message.Lease.Attempt - 1} times, but no worker lived to say how it ended");
        var body = Read(message, handler.MessageType);
        try
        {
            await runner.RunAsync(handler, body, message.CorrelationId, message.Lease.MessageId.ToString(), message.Lease, cancellation).ConfigureAwait(false);
        }
        catch (OperationCanceledException late) when (timeout.IsCancellationRequested)
        {
            throw new TimeoutException($"{handler.Name} took longer than {_options.HandlerTimeout}", late);
        }
    }

    private static object Read(ClaimedMessage message, Type type)
    {
        try
        {
            return JsonSerializer.Deserialize(message.Body, type, Envelope.Json) ?? throw new JsonException("it is null");
        }
        catch (Exception unreadable) when (unreadable is JsonException or NotSupportedException)
        {
            throw new UndeliverableException($"The body cannot be read as {message.Type}: {unreadable.Message}");
        }
    }

    /// <summary>Tries until it is written or the lease has ended by itself; the message is handled again in either case.</summary>
    private async Task Record(ClaimedMessage message, Exception failure, CancellationToken stopping)
    {
        var began = time.GetTimestamp();
        while (true)
        {
            try
            {
                await RecordOnce(message, failure, stopping).ConfigureAwait(false);
                return;
            }
#pragma warning disable CA1031 // The database is away.
            catch (Exception trouble)
#pragma warning restore CA1031
            {
                if (stopping.IsCancellationRequested || time.GetElapsedTime(began) > _options.LeaseDuration)
                {
                    Log.NotRecorded(logger, message.Type, message.Lease.MessageId, trouble);
                    return;
                }
            }

            await Task.Delay(DatabaseAway, time, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private Task RecordOnce(ClaimedMessage message, Exception failure, CancellationToken stopping)
    {
        var (lease, id, type, attempt) = (message.Lease, message.Lease.MessageId, message.Type, message.Lease.Attempt);
        if (stopping.IsCancellationRequested) return queue.GiveBackAsync([lease], TimeSpan.Zero);
        if (Failure.IsDatabaseAway(failure))
        {
            Log.DatabaseAway(logger, type, id, failure.GetBaseException().Message);
            return queue.GiveBackAsync([lease], DatabaseAway);
        }

        if (failure is UndeliverableException || attempt >= MaxAttempts)
        {
            Log.Buried(logger, type, id, attempt, failure);
            return queue.BuryAsync(lease, Failure.Describe(failure));
        }

        var delay = _options.Delays[attempt - 1];
        Log.Retried(logger, type, id, attempt, delay, failure.GetBaseException().Message);
        return queue.RetryAsync(lease, Failure.Describe(failure), delay);
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "{Type} {Message} was taken by another worker while it was handled here; nothing of this run was written")]
        public static partial void LeaseLost(ILogger logger, string type, Guid message);

        // One line while there is hope; the whole failure is told when there is none.
        [LoggerMessage(2, LogLevel.Warning, "{Type} {Message} failed in attempt {Attempt}; again in {Delay}: {Why}")]
        public static partial void Retried(ILogger logger, string type, Guid message, int attempt, TimeSpan delay, string why);

        [LoggerMessage(3, LogLevel.Error, "{Type} {Message} failed in attempt {Attempt} and is a dead letter now")]
        public static partial void Buried(ILogger logger, string type, Guid message, int attempt, Exception failure);

        [LoggerMessage(4, LogLevel.Warning, "{Type} {Message} is given back: the database was away: {Why}")]
        public static partial void DatabaseAway(ILogger logger, string type, Guid message, string why);

        [LoggerMessage(5, LogLevel.Warning, "The failure of {Type} {Message} could not be recorded; it is handled again when its lease ends")]
        public static partial void NotRecorded(ILogger logger, string type, Guid message, Exception trouble);
    }
}
