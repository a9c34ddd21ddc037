using Scalelite.BigBlueButton.Answers;
using Scalelite.BigBlueButton.Nodes;
using Scalelite.EventLog;
using Scalelite.Workers.Configuration;
using Scalelite.Workers.Meetings;
using Scalelite.Workers.Nodes;

namespace Scalelite.Workers.Servers;

/// <summary>Asks nodes to end meetings on the operator's behalf.</summary>
public sealed class NodeEnds(NodeApi nodes, SecretVault vault, Settings settings)
{
    /// <summary>Asks the node to end a meeting.</summary>
    /// <param name="url">The server's API base; the server may have left the pool, its secret is valid for a while.</param>
    /// <returns>Whether the meeting is over there, and otherwise why that is not known.</returns>
    public async Task<NodeEnd> EndAsync(string serverId, string url, Guid instance, string meetingId, CancellationToken cancellation)
    {
        if (await vault.OpenAsync(serverId, NodeSecrets.Kind, cancellation) is not [var secret, ..])
            return new NodeEnd(false, false, "its secret is not stored any more");
        var password = await vault.OpenAsync(instance.ToString(), StartedMeetings.PasswordKind, cancellation) is [var sealedPassword, ..] ? sealedPassword.Value : null;
        var reply = await nodes.EndAsync(
            new NodeAddress(serverId, url, secret.Value), meetingId, password,
            new NodeTimeouts(settings.Nodes.ConnectTimeout, settings.Nodes.ResponseTimeout), cancellation);
        if (reply.Failure is { } failure) return new NodeEnd(false, false, failure);
        return reply is NodeReply.Answered { Answer: var answer }
            ? new NodeEnd(answer.Kind == NodeAnswerKind.Success, answer.MessageKey == "notFound", answer.MessageKey ?? answer.Kind.ToString())
            : new NodeEnd(false, false, "no answer");
    }
}

/// <summary>What a node said to an <c>end</c>.</summary>
/// <param name="Ended">It ends the meeting.</param>
/// <param name="NotFound">It has no such meeting.</param>
/// <param name="Said">The message key, or the failure, for people.</param>
public sealed record NodeEnd(bool Ended, bool NotFound, string Said)
{
    /// <summary>The meeting is over on that node.</summary>
    public bool IsOver => Ended || NotFound;
}
