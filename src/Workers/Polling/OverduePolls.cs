using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using Scalelite.Workers.Configuration;

namespace Scalelite.Workers.Polling;

/// <summary>
/// Looks once a second for servers whose poll is overdue, and wakes it up: a message was lost or dead-lettered, the database was
/// restored, the server is new. Nothing depends on a message, and one too many does no harm: its round has passed.
/// </summary>
internal sealed partial class OverduePolls(
    NpgsqlDataSource database, IServiceScopeFactory scopes, Settings settings, TimeProvider time, ILogger<OverduePolls> log) : BackgroundService
{
    /// <summary>A server that was never polled is due at once; others wait for the poll that is probably under way.</summary>
    private const string OverdueSql =
        """
        select server_id, round from server_load
        where next_poll_at < $1 and (round = 0 or next_poll_at < $2)
        order by next_poll_at, server_id limit 10000
        """;

    /// <summary>A thousand servers that are overdue together are woken over some seconds.</summary>
    private static readonly TimeSpan Distance = TimeSpan.FromMilliseconds(5);

    private readonly Dictionary<string, Woken> _woken = new(StringComparer.Ordinal);
    private bool _failing;

    private TimeSpan Interval => settings.Polling.Interval;

    private TimeSpan Grace => Least(Interval / 2, settings.Nodes.ConnectTimeout + settings.Nodes.ResponseTimeout);

    /// <summary>How long a wake-up of ours is trusted to arrive.</summary>
    private TimeSpan Trust => Least(Interval, TimeSpan.FromSeconds(15));

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Least(Interval / 4, TimeSpan.FromSeconds(1)), time);
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
        }
    }

    private static TimeSpan Least(TimeSpan one, TimeSpan other) => one < other ? one : other;

    private async Task LookAsync(CancellationToken cancellation)
    {
        try
        {
            await WakeAsync(await OverdueAsync(cancellation));
            _failing = false;
        }
        catch (Exception failure) when (!cancellation.IsCancellationRequested)
        {
            if (!_failing) Log.CannotLook(log, failure);
            _failing = true;
        }
    }

    private async Task<List<PollServer>> OverdueAsync(CancellationToken cancellation)
    {
        var now = time.GetUtcNow();
        await using var command = database.CreateCommand(OverdueSql);
        command.Parameters.AddWithValue(now);
        command.Parameters.AddWithValue(now - Grace);
        await using var rows = await command.ExecuteReaderAsync(cancellation);
        var overdue = new List<PollServer>();
        while (await rows.ReadAsync(cancellation)) overdue.Add(new PollServer(rows.GetString(0), rows.GetInt64(1) + 1));
        return overdue;
    }

    private async Task WakeAsync(List<PollServer> overdue)
    {
        var now = time.GetUtcNow();
        foreach (var (server, woken) in _woken.Where(w => w.Value.Until < now).ToArray()) _woken.Remove(server);
        overdue.RemoveAll(poll => _woken.TryGetValue(poll.ServerId, out var woken) && woken.Round == poll.Round);
        if (overdue.Count == 0) return;

        var distance = Least(Distance, Interval / 2 / overdue.Count);
        await using var scope = scopes.CreateAsyncScope();
        var bus = scope.ServiceProvider.GetRequiredService<IMessageBus>();
        for (var i = 0; i < overdue.Count; i++)
        {
            var at = now + (i * distance);
            await bus.ScheduleAsync(overdue[i], at);
            _woken[overdue[i].ServerId] = new Woken(overdue[i].Round, at + Trust);
        }

        Log.Woken(log, overdue.Count);
    }

    private readonly record struct Woken(long Round, DateTimeOffset Until);

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Debug, Message = "Polls of {Servers} servers were overdue and are woken up")]
        public static partial void Woken(ILogger log, int servers);

        [LoggerMessage(Level = LogLevel.Warning, Message = "Overdue polls cannot be looked for")]
        public static partial void CannotLook(ILogger log, Exception failure);
    }
}
