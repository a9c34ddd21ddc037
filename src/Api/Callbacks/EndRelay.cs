using Npgsql;
using Scalelite.Workers.Callbacks;
using Scalelite.Workers.Callbacks.Ends;
using Scalelite.Workers.Configuration;

namespace Scalelite.Api.Callbacks;

/// <summary>What nodes are to call when meetings end: us, unless END_CALLBACK=pass, or the node was found not to.</summary>
internal sealed partial class EndRelay(NpgsqlDataSource database, CallbackMac mac, Settings settings, TimeProvider time, ILogger<EndRelay> log) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    private volatile IReadOnlySet<string> passed = new HashSet<string>();
    private bool failing;

    /// <summary>The servers that do not call us, as read a few seconds ago; null where none is to.</summary>
    public IReadOnlySet<string>? PassedBy => settings.Callbacks.RelaysEnds ? passed : null;

    /// <summary>What the node of a run is to call: at PUBLIC_URL, else at URL_HOST, else where the create came to.</summary>
    public string UrlOf(HttpContext create, Guid instance, string serverId) =>
        EndCallbackUrl.Of(mac, settings.Http.KnownPublicUrl ?? $"{create.Request.Scheme}://{create.Request.Host}", instance, serverId);

    /// <inheritdoc/>
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        if (settings.Callbacks.RelaysEnds) await ReadAsync(cancellationToken);
        await base.StartAsync(cancellationToken);
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!settings.Callbacks.RelaysEnds) return;
        using var timer = new PeriodicTimer(Interval, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken)) await ReadAsync(stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The process stops.
        }
    }

    private async Task ReadAsync(CancellationToken cancellation)
    {
        try
        {
            await using var command = database.CreateCommand("select id from server where end_relay_since is null");
            await using var rows = await command.ExecuteReaderAsync(cancellation);
            var read = new HashSet<string>(StringComparer.Ordinal);
            while (await rows.ReadAsync(cancellation)) read.Add(rows.GetString(0));
            (passed, failing) = (read, false);
        }
        catch (Exception away) when (away is NpgsqlException or TimeoutException)
        {
            if (!failing) Log.CannotRead(log, away.Message);
            failing = true;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, Message = "Which servers do not call when meetings end cannot be read: {Why}")]
        public static partial void CannotRead(ILogger logger, string why);
    }
}
