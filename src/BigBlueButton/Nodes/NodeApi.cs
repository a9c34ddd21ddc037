using Scalelite.BigBlueButton.Answers;
using Scalelite.BigBlueButton.Parameters;

namespace Scalelite.BigBlueButton.Nodes;

/// <summary>A node's answer to getMeetings.</summary>
/// <param name="Meetings">Null where the node said nothing about its meetings.</param>
/// <param name="Failure">Null exactly where <paramref name="Meetings"/> is not; otherwise the reason, such as "secret refused".</param>
public sealed record MeetingsReply(NodeReply Reply, NodeMeetings? Meetings, string? Failure);

/// <summary>The calls that we make ourselves, and the forwarding of those that callers make.</summary>
public sealed class NodeApi(NodeClient client)
{
    /// <summary>create, with the parameters as they are to arrive at the node.</summary>
    public Task<NodeReply> CreateAsync(
        NodeAddress node, QueryParameters parameters, NodeBody? body, NodeTimeouts timeouts, CancellationToken cancellation) =>
        ForwardAsync(node, "create", parameters, body, timeouts, cancellation);

    /// <summary>Any call with these parameters; a POST where there is a body.</summary>
    public Task<NodeReply> ForwardAsync(
        NodeAddress node, string call, QueryParameters parameters, NodeBody? body, NodeTimeouts timeouts, CancellationToken cancellation) =>
        client.SendAsync(NodeCall.Of(node, call, parameters, timeouts, body), cancellation);

    /// <summary>Any call with a query as its caller sent it, less the checksum: it is signed as it is.</summary>
    public Task<NodeReply> ForwardAsync(
        NodeAddress node, string call, Checksums.RawQuery query, NodeBody? body, NodeTimeouts timeouts, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(query);
        return client.SendAsync(new NodeCall(node, call, query.WithoutChecksum, timeouts, body), cancellation);
    }

    /// <summary>getMeetings; by default on the polls' connections.</summary>
    public async Task<MeetingsReply> GetMeetingsAsync(
        NodeAddress node, NodeTimeouts timeouts, CancellationToken cancellation, NodeLane lane = NodeLane.Polls)
    {
        var reply = await client.SendAsync(NodeCall.Of(node, "getMeetings", [], timeouts, lane: lane), cancellation).ConfigureAwait(false);
        if (reply is not NodeReply.Answered answered)
        {
            return new MeetingsReply(reply, null, reply.Failure);
        }

        var meetings = NodeMeetings.Parse(answered.Body);
        if (meetings.IsValid)
        {
            return new MeetingsReply(reply, meetings, null);
        }

        var key = meetings.Answer is { Kind: NodeAnswerKind.Failed, MessageKey: { } failed } ? $"FAILED: {failed}" : null;
        return new MeetingsReply(reply, null, answered.Failure ?? key ?? $"HTTP {answered.Status} with an answer that lists no meetings");
    }

    /// <summary>getMeetingInfo.</summary>
    public Task<NodeReply> GetMeetingInfoAsync(NodeAddress node, string meetingId, NodeTimeouts timeouts, CancellationToken cancellation) =>
        ForwardAsync(node, "getMeetingInfo", new QueryParameters { { "meetingID", meetingId } }, null, timeouts, cancellation);

    /// <summary>end; <paramref name="moderatorPassword"/> is needed by nodes older than 2.5.</summary>
    public Task<NodeReply> EndAsync(
        NodeAddress node, string meetingId, string? moderatorPassword, NodeTimeouts timeouts, CancellationToken cancellation)
    {
        var parameters = new QueryParameters { { "meetingID", meetingId } };
        if (!string.IsNullOrEmpty(moderatorPassword))
        {
            parameters.Add("password", moderatorPassword);
        }

        return ForwardAsync(node, "end", parameters, null, timeouts, cancellation);
    }

    /// <summary>The root, on the polls' connections: <see cref="NodeAnswer.BbbVersion"/>. It is not signed.</summary>
    public Task<NodeReply> GetVersionAsync(NodeAddress node, NodeTimeouts timeouts, CancellationToken cancellation) =>
        client.SendAsync(NodeCall.Of(node, "", [], timeouts, lane: NodeLane.Polls), cancellation);
}
