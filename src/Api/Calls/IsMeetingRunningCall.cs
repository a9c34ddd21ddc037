using Scalelite.Api.Meetings;
using Scalelite.Api.Nodes;
using Scalelite.BigBlueButton.Answers;
using Scalelite.BigBlueButton.Nodes;
using Scalelite.Domain.Servers;
using Scalelite.Projections.Meetings;

namespace Scalelite.Api.Calls;

/// <summary>
/// isMeetingRunning (<c>bbb-api.md §3.4</c>): never fails for a meeting that is unknown, or whose server is offline; what a suspect
/// server does not answer, its last poll does.
/// </summary>
internal sealed class IsMeetingRunningCall(LocationCache locations, LastSeenMeetings lastSeen, MeetingNodes nodes) : IBbbCall
{
    public string Name => "isMeetingRunning";

    public CallMethods Methods => CallMethods.Get | CallMethods.Post;

    public async Task<CallAnswer> AnswerAsync(CallRequest request, CancellationToken cancellation)
    {
        if (request.MeetingId.Length == 0)
        {
            return CallAnswer.Failed(BbbErrors.MissingMeetingIdScalelite);
        }

        var location = await locations.FindAsync(request.TenantId, request.MeetingId, cancellation);
        if (location is null or { Server: { Health: Health.Offline, State: not AdministrativeState.Disabled } })
        {
            return CallAnswer.Success(BbbXml.Running(false));
        }

        var (reply, asked) = await nodes.AskAsync(request, Name, location, locations, null, cancellation);
        if (reply is NodeReply.Answered { Failure: null } answered)
        {
            return answered.Answer.IsMeetingNotFound ? CallAnswer.Success(BbbXml.Running(false)) : answered.AsAnswer();
        }

        // The server was well a moment ago: what its last poll showed is closer to the truth than an error.
        var seen = asked.Server.Health == Health.Offline
            ? null
            : await lastSeen.FindAsync(asked.Server.Id, asked.MeetingId, cancellation);
        return CallAnswer.Success(BbbXml.Running(seen?.Users > 0));
    }
}
