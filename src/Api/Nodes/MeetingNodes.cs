using Scalelite.BigBlueButton.Nodes;
using Scalelite.BigBlueButton.Parameters;
using Scalelite.Domain.Servers;
using Scalelite.Projections.Servers;
using Scalelite.Workers.Configuration;
using Scalelite.Workers.Nodes;

namespace Scalelite.Api.Nodes;

/// <summary>Calls nodes for callers: with the node's secret, the deadlines that its health allows, and a word to the workers where it fails.</summary>
internal sealed class MeetingNodes(NodeApi api, NodeSecrets secrets, ServersSeen seen, NodeSettings settings)
{
    /// <summary>Passes a caller's call on, its query as it was sent.</summary>
    public Task<NodeReply> ForwardAsync(
        PoolServer server, string call, BigBlueButton.Checksums.RawQuery query, NodeBody? body, CancellationToken cancellation) =>
        CallAsync(server, (node, timeouts) => api.ForwardAsync(node, call, query, body, timeouts, cancellation), null, cancellation);

    /// <summary>Asks a node to create a meeting.</summary>
    /// <param name="left">Until the create's caller must have an answer.</param>
    public Task<NodeReply> CreateAsync(
        PoolServer server, QueryParameters parameters, NodeBody? body, TimeSpan left, CancellationToken cancellation) =>
        CallAsync(server, (node, timeouts) => api.CreateAsync(node, parameters, body, timeouts, cancellation), left, cancellation);

    /// <summary>Asks a node for its meetings, on the callers' connections.</summary>
    public async Task<MeetingsReply> GetMeetingsAsync(PoolServer server, CancellationToken cancellation)
    {
        if (await secrets.FindAsync(server, cancellation) is not { } node)
        {
            return new MeetingsReply(NoSecret, null, NoSecret.Failure);
        }

        var reply = await api.GetMeetingsAsync(node, Timeouts(server, settings.ResponseTimeout + settings.ConnectTimeout), cancellation, NodeLane.Calls);
        seen.Report(server, reply.Reply);
        return reply;
    }

    /// <summary>Asks any call that lists something of the whole node.</summary>
    public Task<NodeReply> ListAsync(PoolServer server, string call, CancellationToken cancellation) =>
        CallAsync(
            server,
            (node, timeouts) => api.ForwardAsync(node, call, new QueryParameters(), null, timeouts, cancellation),
            settings.ResponseTimeout + settings.ConnectTimeout,
            cancellation);

    /// <summary>Where the server is and how to sign for it; null where its secret is lost.</summary>
    public ValueTask<NodeAddress?> AddressAsync(PoolServer server, CancellationToken cancellation) => secrets.FindAsync(server, cancellation);

    private static NodeReply.NotTaken NoSecret { get; } = new(NotTakenKind.Refused, "no valid secret is stored for this server", TimeSpan.Zero);

    private async Task<NodeReply> CallAsync(
        PoolServer server, Func<NodeAddress, NodeTimeouts, Task<NodeReply>> call, TimeSpan? total, CancellationToken cancellation)
    {
        if (await secrets.FindAsync(server, cancellation) is not { } node)
        {
            return NoSecret;
        }

        var reply = await call(node, Timeouts(server, total));
        seen.Report(server, reply);
        return reply;
    }

    private NodeTimeouts Timeouts(PoolServer server, TimeSpan? total) => server.Health == Health.Online
        ? new NodeTimeouts(settings.ConnectTimeout, settings.ResponseTimeout, total)
        : new NodeTimeouts(settings.ShortConnectTimeout, settings.ShortResponseTimeout, total);
}
