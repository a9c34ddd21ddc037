using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Scalelite.Workers.Callbacks;

/// <summary>
/// Looks once a second for callbacks that are due and have not been sent: a message was lost or came when it was not its host's turn, the
/// database was restored, the process died. The oldest few of each host are woken, so that one host's many do not hide another's.
/// </summary>
internal sealed partial class OverdueCallbacks(
    NpgsqlDataSource database, CallbackClaims claims, IServiceScopeFactory scopes, TimeProvider time, ILogger<OverdueCallbacks> log) : BackgroundService
{
    /// <summary>One step of the index for each host, then the first of each: it costs the same however many wait for a host.</summary>
    internal const string OverdueSql =
        """
        with recursive hosts as (
            (select host from callback_queue where due_at is not null order by host limit 1)
            union all
            select (select q.host from callback_queue q where q.due_at is not null and q.host > h.host order by q.host limit 1)
            from hosts h where h.host is not null)
        select due.callback_id, due.attempts + 1, due.host
        from hosts h cross join lateral (
            select q.callback_id, q.attempts, q.host, q.due_at from callback_queue q
            where q.host = h.host and q.due_at < $1 order by q.due_at limit $2) due
        where h.host is not null
        order by due.due_at limit 1000
        """;

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    /// <summary>The message of a callback that has just become due is on its way.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(2);

    /// <summary>How long a wake-up of ours is trusted to arrive.</summary>
    private static readonly TimeSpan Trust = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan ClaimsKept = TimeSpan.FromHours(1);

    private readonly Dictionary<Guid, (int Attempt, long At)> _woken = [];
    private DateTimeOffset _forgotten;
    private bool _failing;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        try
        {
            do
            {
                await LookAsync(stoppingToken);
            }
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The process stops.
        }
    }

    private async Task LookAsync(CancellationToken cancellation)
    {
        try
        {
            await WakeAsync(await OverdueAsync(cancellation));
            if (time.GetUtcNow() - _forgotten > ClaimsKept)
            {
                _forgotten = time.GetUtcNow();
                await claims.ForgetAsync(_forgotten - ClaimsKept, cancellation);
            }

            _failing = false;
        }
        catch (Exception failure) when (!cancellation.IsCancellationRequested)
        {
            if (!_failing) Log.CannotLook(log, failure);
            _failing = true;
        }
    }

    private async Task<List<CallBack>> OverdueAsync(CancellationToken cancellation)
    {
        await using var command = database.CreateCommand(OverdueSql);
        command.Parameters.AddWithValue(time.GetUtcNow() - Grace);
        command.Parameters.AddWithValue(2 * CallbackTurns.MostOfHost);
        await using var rows = await command.ExecuteReaderAsync(cancellation);
        var overdue = new List<CallBack>();
        while (await rows.ReadAsync(cancellation)) overdue.Add(new CallBack(rows.GetGuid(0), rows.GetInt32(1), rows.GetString(2)));
        return overdue;
    }

    private async Task WakeAsync(List<CallBack> overdue)
    {
        foreach (var (id, woken) in _woken.Where(w => time.GetElapsedTime(w.Value.At) > Trust).ToArray()) _woken.Remove(id);
        overdue.RemoveAll(due => _woken.TryGetValue(due.CallbackId, out var woken) && woken.Attempt == due.Attempt);
        if (overdue.Count == 0) return;

        await using var scope = scopes.CreateAsyncScope();
        var bus = scope.ServiceProvider.GetRequiredService<IMessageBus>();
        foreach (var due in overdue)
        {
            await bus.PublishAsync(due);
            _woken[due.CallbackId] = (due.Attempt, time.GetTimestamp());
        }

        Log.Woken(log, overdue.Count);
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Debug, Message = "{Callbacks} callbacks were overdue and are woken up")]
        public static partial void Woken(ILogger log, int callbacks);

        [LoggerMessage(Level = LogLevel.Warning, Message = "Overdue callbacks cannot be looked for")]
        public static partial void CannotLook(ILogger log, Exception failure);
    }
}
