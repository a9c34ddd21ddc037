using System.Collections.Concurrent;
using System.Threading.Channels;
using Scalelite.BigBlueButton.Nodes;
using Scalelite.Domain.Servers;
using Scalelite.Projections.Servers;
using Scalelite.Workers.ServerHealth;

namespace Scalelite.Api.Nodes;

/// <summary>
/// Tells the workers of servers that failed a call, so that they get no new meetings until a poll succeeds. Never on a caller's path,
/// and at most once in a few seconds for a server.
/// </summary>
internal sealed partial class SuspectedServers(IServiceScopeFactory scopes, TimeProvider clock, ILogger<SuspectedServers> log) : BackgroundService
{
    private static readonly TimeSpan Again = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<string, long> reported = new(StringComparer.Ordinal);
    private readonly Channel<SuspectServer> queue = Channel.CreateBounded<SuspectServer>(
        new BoundedChannelOptions(1_000) { SingleReader = true, FullMode = BoundedChannelFullMode.DropWrite });

    /// <summary>Looks at what came of a call, and tells of a failure that speaks against the server.</summary>
    public void Report(PoolServer server, NodeReply reply)
    {
        if (reply.Failure is not { } reason || !SpeaksAgainst(reply))
        {
            return;
        }

        var now = clock.GetTimestamp();
        if (reported.TryGetValue(server.Id, out var last) && clock.GetElapsedTime(last, now) < Again)
        {
            return;
        }

        reported[server.Id] = now;
        Log.CallFailed(log, server.Id, server.Url, reason);
        if (server.Health == Health.Online)
        {
            queue.Writer.TryWrite(new SuspectServer(server.Id, reason));
        }
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await foreach (var suspect in queue.Reader.ReadAllAsync(stoppingToken))
            {
                await TellAsync(suspect);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The polls find out as well.
        }
    }

    private async Task TellAsync(SuspectServer suspect)
    {
        try
        {
            await using var scope = scopes.CreateAsyncScope();
            await scope.ServiceProvider.GetRequiredService<IMessageBus>().PublishAsync(suspect);
        }
#pragma warning disable CA1031 // The polls find out as well.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            Log.NotTold(log, suspect.ServerId, failure.Message);
        }
    }

    // The caller's own body, our own cap on calls and our own deadlines say nothing about the node; a name server's trouble neither.
    private static bool SpeaksAgainst(NodeReply reply) => reply switch
    {
        NodeReply.NotTaken { Kind: NotTakenKind.Body or NotTakenKind.Busy or NotTakenKind.Deadline or NotTakenKind.Resolver } => false,
        NodeReply.Uncertain { Kind: UncertainKind.TooLarge } => false,
        _ => true,
    };

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, Message = "A call of server {ServerId} at {Url} failed: {Reason}")]
        public static partial void CallFailed(ILogger logger, string serverId, string url, string reason);

        [LoggerMessage(Level = LogLevel.Warning, Message = "That server {ServerId} failed a call could not be stored: {Why}")]
        public static partial void NotTold(ILogger logger, string serverId, string why);
    }
}
