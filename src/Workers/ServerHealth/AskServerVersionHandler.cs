using Scalelite.BigBlueButton.Nodes;
using Scalelite.Projections.Servers;
using Scalelite.Workers.Configuration;
using Scalelite.Workers.Nodes;

namespace Scalelite.Workers.ServerHealth;

/// <summary>Asks a server's root for its version. A node may keep it to itself, and nothing depends on it: no answer is no failure.</summary>
public static class AskServerVersionHandler
{
    /// <summary>Sends on what the server says, if it says it.</summary>
    public static async Task<OutgoingMessages> Handle(
        AskServerVersion ask, ServerPool pool, NodeSecrets secrets, NodeApi nodes, Settings settings, CancellationToken cancellation)
    {
        if (await pool.FindAsync(ask.ServerId, cancellation) is not { } server) return [];
        if (await secrets.FindAsync(server, cancellation) is not { } address) return [];

        var timeouts = new NodeTimeouts(settings.Nodes.ConnectTimeout, settings.Nodes.ResponseTimeout);
        var reply = await nodes.GetVersionAsync(address, timeouts, cancellation);
        return reply is NodeReply.Answered { Answer.BbbVersion: { } version } ? [new SeeServerVersion(server.Id, version)] : [];
    }
}
