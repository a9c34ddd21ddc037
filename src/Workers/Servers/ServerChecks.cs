using Scalelite.BigBlueButton.Nodes;
using Scalelite.BigBlueButton.Parameters;
using Scalelite.Domain.Servers;
using Scalelite.Projections.Servers;
using Scalelite.Workers.Configuration;
using Scalelite.Workers.Nodes;

namespace Scalelite.Workers.Servers;

/// <summary>Looks whether a node can be used: <c>servers check</c>, and before <c>servers enable</c>.</summary>
public sealed class ServerChecks(ServerPool pool, NodeSecrets secrets, NodeApi nodes, ProbeMeetings probes, Settings settings, TimeProvider time)
{
    private const int Calls = 3;

    private NodeTimeouts Timeouts => new(settings.Nodes.ConnectTimeout, settings.Nodes.ResponseTimeout);

    /// <summary>Reaches its API, presents the secret, reads its version and its clock, and takes the time of it.</summary>
    /// <param name="withMeeting">Also creates a meeting, asks for it, and ends it.</param>
    /// <returns>What was looked at, until something failed that the rest needs; null where there is no such server.</returns>
    public async Task<IReadOnlyList<CheckedPart>?> CheckAsync(string serverId, bool withMeeting, CancellationToken cancellation)
    {
        if (await pool.FindAsync(serverId, cancellation) is not { } server) return null;
        if (await secrets.FindAsync(server, cancellation) is not { } node)
            return [new CheckedPart("secret", CheckVerdict.Failed, "its secret is not in the vault: `servers update --secret` gives it one")];

        var root = await nodes.GetVersionAsync(node, Timeouts, cancellation);
        var parts = new List<CheckedPart>();
        if (root is not NodeReply.Answered { Answer.IsAnswer: true } answered)
            return [new CheckedPart("api", CheckVerdict.Failed, root.Failure ?? "the root of its API does not answer as BigBlueButton's")];
        parts.Add(new CheckedPart("api", CheckVerdict.Fine, $"{server.Url} answers"));

        var meetings = await nodes.GetMeetingsAsync(node, Timeouts, cancellation, NodeLane.Calls);
        if (meetings.Failure is { } failure) return [.. parts, new CheckedPart("secret", CheckVerdict.Failed, failure)];
        parts.Add(new CheckedPart("secret", CheckVerdict.Fine, "accepted"));
        parts.Add(ServerCheck.OfVersion(answered.Answer.BbbVersion));
        // The Date header is in whole seconds: the middle of the one that it names is nearer than its beginning.
        parts.Add(ServerCheck.OfClock(answered.Date is { } date ? date.AddSeconds(0.5) - time.GetUtcNow() + (answered.Elapsed / 2) : null));
        parts.Add(ServerCheck.OfLatency(await LatencyAsync(node, answered.Elapsed, cancellation)));
        if (withMeeting) parts.Add(await MeetingAsync(node, cancellation));
        return parts;
    }

    private async Task<TimeSpan> LatencyAsync(NodeAddress node, TimeSpan first, CancellationToken cancellation)
    {
        // The first call made the connection.
        var elapsed = new List<TimeSpan>();
        for (var i = 0; i < Calls; i++)
        {
            var reply = await nodes.GetVersionAsync(node, Timeouts, cancellation);
            elapsed.Add(reply.Failure is null ? reply.Elapsed : first + settings.Nodes.ResponseTimeout);
        }

        return elapsed.Order().ElementAt(Calls / 2);
    }

    private async Task<CheckedPart> MeetingAsync(NodeAddress node, CancellationToken cancellation)
    {
        var id = $"scalelite-probe-{Guid.NewGuid()}";
        var create = await nodes.CreateAsync(
            node,
            new QueryParameters
            {
                { "name", "Check of this server" },
                { "meetingID", id },
                { "duration", "1" },
                { "record", "false" },
                { $"meta_{ProbeMeetings.Metadata}", probes.MarkOf(id) },
            },
            null,
            Timeouts,
            cancellation);
        if (Trouble(create) is { } notCreated) return new CheckedPart("meeting", CheckVerdict.Failed, $"create: {notCreated}");
        var password = ((NodeReply.Answered)create).Answer["moderatorPW"];
        var info = await nodes.GetMeetingInfoAsync(node, id, Timeouts, cancellation);
        // Whatever was answered meanwhile: what was created is ended.
        var end = await nodes.EndAsync(node, id, password, Timeouts, CancellationToken.None);
        return (Trouble(info), Trouble(end)) switch
        {
            ({ } why, _) => new CheckedPart("meeting", CheckVerdict.Failed, $"getMeetingInfo: {why}"),
            (_, { } why) => new CheckedPart("meeting", CheckVerdict.Failed, $"end: {why}"),
            _ => new CheckedPart("meeting", CheckVerdict.Fine, "created, found and ended"),
        };
    }

    private static string? Trouble(NodeReply reply) =>
        reply.Failure ?? (reply is NodeReply.Answered { Answer: { Kind: BigBlueButton.Answers.NodeAnswerKind.Failed } answer }
            ? $"{answer.MessageKey ?? "FAILED"}: {answer.Message}"
            : null);
}
