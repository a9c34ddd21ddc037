using Microsoft.Extensions.Logging;
using Scalelite.Domain;
using Scalelite.Domain.Callbacks;
using Scalelite.Workers.Configuration;

namespace Scalelite.Workers.Callbacks;

/// <summary>One attempt of one callback: sends it, appends what came of it to the callback's own stream, schedules the next.</summary>
public static partial class CallBackHandler
{
    /// <summary>Who else had appended meanwhile, a person who retried, is seen when this is run again; it is not sent a second time for that.</summary>
    public static async Task<OutgoingMessages> Handle(
        CallBack due, CallbackOutbox outbox, IDocumentSession session, Settings settings, TimeProvider time, ILogger<CallbackOutbox> log, CancellationToken cancellation)
    {
        if (await outbox.SendAsync(due, cancellation) is not { } answer) return [];

        var decision = await session.DecideAsync<Callback>(
            Streams.Callback(due.CallbackId),
            callback => callback.Answered(due.Attempt, answer, RetryFor(callback, settings), Random.Shared.NextDouble(), time.GetUtcNow()),
            cancellation);
        switch (decision.Events)
        {
            case [CallbackAttempted next]:
                Log.Failed(log, due.CallbackId, due.Host, next.Attempt, next.Outcome, next.NextAttemptAt);
                OutgoingMessages messages = [];
                messages.Schedule(due with { Attempt = next.Attempt + 1 }, next.NextAttemptAt);
                return messages;
            case [CallbackDelivered done]:
                Log.Delivered(log, due.CallbackId, due.Host, done.Attempt, done.Status);
                foreach (var forget in CallbackSecrets.Forget(due.CallbackId)) session.QueueSqlCommand(forget.Sql, forget.Values);
                return [];
            case [CallbackAbandoned over]:
                Log.Abandoned(log, due.CallbackId, due.Host, over.Attempt, over.Reason);
                var retire = CallbackSecrets.Retire(due.CallbackId, over.At);
                session.QueueSqlCommand(retire.Sql, retire.Values);
                return [];
            default:
                return [];
        }
    }

    /// <summary>An event of a meeting that is an hour old is of no use to anybody.</summary>
    private static TimeSpan RetryFor(Callback callback, Settings settings) =>
        callback.Kind == CallbackKind.Hook && settings.Callbacks.RetryFor > HookRetryFor ? HookRetryFor : settings.Callbacks.RetryFor;

    private static readonly TimeSpan HookRetryFor = TimeSpan.FromHours(1);

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Debug, Message = "Callback {Callback} to {Host} failed in attempt {Attempt}: {Outcome}; again at {Next}")]
        public static partial void Failed(ILogger logger, Guid callback, string host, int attempt, string outcome, DateTimeOffset next);

        [LoggerMessage(Level = LogLevel.Information, Message = "Callback {Callback} to {Host} was delivered in attempt {Attempt}: {Status}")]
        public static partial void Delivered(ILogger logger, Guid callback, string host, int attempt, int status);

        [LoggerMessage(Level = LogLevel.Warning, Message = "Callback {Callback} to {Host} is given up after attempt {Attempt}: {Why}")]
        public static partial void Abandoned(ILogger logger, Guid callback, string host, int attempt, string why);
    }
}
