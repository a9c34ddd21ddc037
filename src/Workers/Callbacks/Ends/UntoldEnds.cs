using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Scalelite.Workers.Callbacks.Ends;

/// <summary>Looks once a second for ends that clients are to be told of: the node has called, or has had time enough to.</summary>
public sealed partial class UntoldEnds(NpgsqlDataSource database, IServiceScopeFactory scopes, TimeProvider time, ILogger<UntoldEnds> log) : BackgroundService
{
    private const string DueSql = "select instance from meeting_end where called or learned_at <= $1 order by called desc, learned_at limit 500";

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    /// <summary>How long a wake-up of ours is trusted to arrive.</summary>
    private static readonly TimeSpan Trust = TimeSpan.FromSeconds(10);

    private readonly Dictionary<Guid, long> _woken = [];
    private bool _failing;

    /// <inheritdoc/>
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
            foreach (var (instance, woken) in _woken.Where(w => time.GetElapsedTime(w.Value) > Trust).ToArray()) _woken.Remove(instance);
            var due = await DueAsync(cancellation);
            if (due.Count > 0) await WakeAsync(due);
            _failing = false;
        }
        catch (Exception failure) when (!cancellation.IsCancellationRequested)
        {
            if (!_failing) Log.CannotLook(log, failure);
            _failing = true;
        }
    }

    private async Task<List<Guid>> DueAsync(CancellationToken cancellation)
    {
        await using var command = database.CreateCommand(DueSql);
        command.Parameters.AddWithValue((time.GetUtcNow() - TellEndHandler.Grace).ToUniversalTime());
        await using var rows = await command.ExecuteReaderAsync(cancellation);
        var due = new List<Guid>();
        while (await rows.ReadAsync(cancellation))
        {
            if (!_woken.ContainsKey(rows.GetGuid(0))) due.Add(rows.GetGuid(0));
        }

        return due;
    }

    private async Task WakeAsync(List<Guid> due)
    {
        await using var scope = scopes.CreateAsyncScope();
        var bus = scope.ServiceProvider.GetRequiredService<IMessageBus>();
        foreach (var instance in due)
        {
            await bus.PublishAsync(new TellEnd(instance));
            _woken[instance] = time.GetTimestamp();
        }
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, Message = "Ends that clients are to be told of cannot be looked for")]
        public static partial void CannotLook(ILogger log, Exception failure);
    }
}
