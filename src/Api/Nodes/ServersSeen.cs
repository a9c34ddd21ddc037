using System.Collections.Concurrent;
using System.Threading.Channels;
using Scalelite.BigBlueButton.Nodes;
using Scalelite.Domain.Servers;
using Scalelite.Projections.Servers;
using Scalelite.Workers.Polling;
using Scalelite.Workers.ServerHealth;

namespace Scalelite.Api.Nodes;

/// <summary>
/// Tells the workers what calls show of servers: one that failed gets no new meetings until a poll succeeds; one that was suspect or
/// offline and answered is polled at once. Never on a caller's path, and at most once in a few seconds for a server.
/// </summary>
internal sealed partial class ServersSeen(IServiceScopeFactory scopes, TimeProvider clock, ILogger<ServersSeen> log) : BackgroundService
{
    private static readonly TimeSpan Again = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<(string ServerId, bool Answered), long> reported = new();
    private readonly Channel<object> queue = Channel.CreateBounded<object>(
        new BoundedChannelOptions(1_000) { SingleReader = true, FullMode = BoundedChannelFullMode.DropWrite });

    /// <summary>Looks at what came of a call, and tells of it where it changes what is thought of the server.</summary>
    public void Report(PoolServer server, NodeReply reply)
    {
        if (reply.Failure is { } reason)
        {
            if (SpeaksAgainst(reply) && IsDue(server, answered: false))
            {
                Log.CallFailed(log, server.Id, server.Url, reason);
                if (server.Health == Health.Online)
                {
                    queue.Writer.TryWrite(new SuspectServer(server.Id, reason));
                }
            }
        }
        else if (server.Health != Health.Online && IsDue(server, answered: true))
        {
            queue.Writer.TryWrite(new PollServerSoon(server.Id));
        }
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await foreach (var message in queue.Reader.ReadAllAsync(stoppingToken))
            {
                await TellAsync(message);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The polls find out as well.
        }
    }

    private bool IsDue(PoolServer server, bool answered)
    {
        var now = clock.GetTimestamp();
        if (reported.TryGetValue((server.Id, answered), out var last) && clock.GetElapsedTime(last, now) < Again)
        {
            return false;
        }

        reported[(server.Id, answered)] = now;
        return true;
    }

    private async Task TellAsync(object message)
    {
        try
        {
            await using var scope = scopes.CreateAsyncScope();
            await scope.ServiceProvider.GetRequiredService<IMessageBus>().PublishAsync(message);
        }
#pragma warning disable CA1031 // The polls find out as well.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            Log.NotTold(log, message, failure.Message);
        }
    }

    // The caller's own body, our own cap on calls and our own deadlines say nothing about the node; a name server's trouble neither.
    // With a page of 4xx its web server says that it does not know the call, as one older than the call does.
    private static bool SpeaksAgainst(NodeReply reply) => reply switch
    {
        NodeReply.NotTaken { Kind: NotTakenKind.Body or NotTakenKind.Busy or NotTakenKind.Deadline or NotTakenKind.Resolver } => false,
        NodeReply.Uncertain { Kind: UncertainKind.TooLarge } => false,
        NodeReply.Answered { Status: >= 400 and < 500 } => false,
        _ => true,
    };

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, Message = "A call of server {ServerId} at {Url} failed: {Reason}")]
        public static partial void CallFailed(ILogger logger, string serverId, string url, string reason);

        [LoggerMessage(Level = LogLevel.Warning, Message = "{Word} could not be stored: {Why}")]
        public static partial void NotTold(ILogger logger, object word, string why);
    }
}
