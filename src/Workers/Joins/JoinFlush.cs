using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Scalelite.Domain;

namespace Scalelite.Workers.Joins;

/// <summary>Writes the counted joins once a second as one event of this process, and once more when it stops.</summary>
internal sealed partial class JoinFlush(JoinCounter counter, IDocumentStore store, TimeProvider time, ILogger<JoinFlush> log) : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly Guid _process = Guid.CreateVersion7();
    private bool _failing;

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await FlushAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Pause, time);
        try
        {
            // A flush under way is not broken off: whether it was written would be unknown.
            while (await timer.WaitForNextTickAsync(stoppingToken)) await FlushAsync(CancellationToken.None);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
        }
    }

    /// <summary>Writes what was counted; keeps it where that fails.</summary>
    private async Task FlushAsync(CancellationToken cancellation)
    {
        if (counter.Take() is not { } joins) return;
        try
        {
            await using var session = store.LightweightSession();
            session.SetHeader("actor", "router");
            session.Events.Append(Streams.Joins(_process, joins.To), joins);
            await session.SaveChangesAsync(cancellation);
            _failing = false;
        }
#pragma warning disable CA1031 // Whatever it was, the joins are kept and tried again.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            counter.PutBack(joins);
            if (!_failing) Log.Kept(log, joins.Joins.Count, failure);
            _failing = true;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, Message = "The joins of {Meetings} meetings could not be written and are kept")]
        public static partial void Kept(ILogger log, int meetings, Exception failure);
    }
}
