using Scalelite.Api.Meetings;
using Scalelite.Api.Nodes;
using Scalelite.BigBlueButton.Answers;
using Scalelite.BigBlueButton.Nodes;
using Scalelite.Projections.Meetings;

namespace Scalelite.Api.Calls;

/// <summary>
/// A call about one meeting that its node answers: found, forwarded, and the node's bytes passed back. A node's notFound is not
/// passed on before the location was read anew.
/// </summary>
/// <param name="unknown">The answer where the meeting has no location.</param>
/// <param name="unreachable">The answer where its node gives none.</param>
internal sealed class ForwardedCall(
    string name, CallMethods methods, BbbError unknown, BbbError unreachable, LocationCache locations, MeetingNodes nodes) : IBbbCall
{
    public string Name => name;

    public CallMethods Methods => methods;

    public async Task<CallAnswer> AnswerAsync(CallRequest request, CancellationToken cancellation)
    {
        if (request.MeetingId.Length == 0)
        {
            return CallAnswer.Failed(BbbErrors.MissingMeetingIdScalelite);
        }

        if (await locations.FindAsync(request.TenantId, request.MeetingId, cancellation) is not { } location)
        {
            return CallAnswer.Failed(unknown);
        }

        var body = request.Body();
        var (reply, _) = await nodes.AskAsync(request, name, location, locations, body, cancellation);
        return reply.PassOn(unreachable);
    }
}

/// <summary>What the calls about one meeting share.</summary>
internal static class MeetingForwarding
{
    /// <summary>The XML body of a request, on its way; null where it has none.</summary>
    public static NodeBody? Body(this CallRequest request) => request.HasXmlBody
        ? new NodeBody(request.Http.Request.ContentType ?? "application/xml", request.Http.Request.Body, request.Http.Request.ContentLength)
        : null;

    /// <summary>
    /// Asks the meeting's node; where it does not know the meeting, and the meeting is elsewhere by now, that node.
    /// </summary>
    /// <returns>The answer, and whose it is.</returns>
    public static async Task<(NodeReply Reply, MeetingLocation Asked)> AskAsync(
        this MeetingNodes nodes,
        CallRequest request,
        string call,
        MeetingLocation location,
        LocationCache locations,
        NodeBody? body,
        CancellationToken cancellation)
    {
        request.At(location);
        var reply = await nodes.ForwardAsync(location.Server, call, request.Query, body, cancellation);
        if (reply is not NodeReply.Answered { Answer.IsMeetingNotFound: true })
        {
            return (reply, location);
        }

        locations.Drop(location.TenantId, location.MeetingId);
        var now = await locations.ReadAsync(location.TenantId, location.MeetingId, cancellation);
        if (now is null || now.Server.Id == location.Server.Id || body?.CanBeSent == false)
        {
            return (reply, location);
        }

        request.At(now);
        return (await nodes.ForwardAsync(now.Server, call, request.Query, body, cancellation), now);
    }

    /// <summary>The node's bytes; where it gave no answer, or blames our secret, an error of ours.</summary>
    public static CallAnswer PassOn(this NodeReply reply, BbbError unreachable) => reply switch
    {
        NodeReply.Answered { Failure: null } answered => answered.AsAnswer(),
        NodeReply.Answered { Answer.Kind: NodeAnswerKind.NoReturnCode } => CallAnswer.Failed(BbbErrors.NoReturnCode),
        _ => CallAnswer.Failed(unreachable),
    };

    /// <summary>The node's bytes.</summary>
    public static CallAnswer AsAnswer(this NodeReply.Answered answered) => CallAnswer.Node(
        answered.Answer.Kind == NodeAnswerKind.Success ? "SUCCESS" : answered.Answer.MessageKey ?? "FAILED", answered.Body, answered.ContentType);

    /// <summary>For the request's line in the log.</summary>
    public static void At(this CallRequest request, MeetingLocation location) =>
        (request.ServerId, request.InternalMeetingId) = (location.Server.Id, location.InternalMeetingId);
}
