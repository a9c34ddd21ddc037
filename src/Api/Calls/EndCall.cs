using Scalelite.Api.Meetings;
using Scalelite.Api.Nodes;
using Scalelite.BigBlueButton.Answers;
using Scalelite.BigBlueButton.Nodes;
using Scalelite.Domain.Meetings;
using Scalelite.Projections.Meetings;
using Scalelite.Workers.Meetings;

namespace Scalelite.Api.Calls;

/// <summary>
/// end (<c>bbb-api.md §3.5</c>): the location goes when the node says that the meeting ends, or that it has none; never before,
/// so that a wrong password or a lost call orphans nothing.
/// </summary>
internal sealed partial class EndCall(
    LocationCache locations, MeetingNodes nodes, IServiceScopeFactory scopes, TimeProvider clock, ILogger<EndCall> log) : IBbbCall
{
    public string Name => "end";

    public CallMethods Methods => CallMethods.Get | CallMethods.Post;

    public async Task<CallAnswer> AnswerAsync(CallRequest request, CancellationToken cancellation)
    {
        if (request.MeetingId.Length == 0)
        {
            return CallAnswer.Failed(BbbErrors.MissingMeetingIdScalelite);
        }

        if (await locations.FindAsync(request.TenantId, request.MeetingId, cancellation) is not { } location)
        {
            return CallAnswer.Failed(BbbErrors.MeetingNotFoundScalelite);
        }

        var (reply, asked) = await nodes.AskAsync(request, Name, location, locations, null, cancellation);
        if (reply is NodeReply.Answered { Failure: null } answered)
        {
            var ended = answered.Answer.Kind == NodeAnswerKind.Success ? EndLearned.EndCall
                : answered.Answer.IsMeetingNotFound && !asked.Placing ? EndLearned.NotFound
                : (EndLearned?)null;
            if (ended is { } how)
            {
                await EndedAsync(request, asked, how);
            }
        }

        return reply.PassOn(BbbErrors.MeetingUnreachable);
    }

    /// <summary>Written before the answer, so that a create that follows is placed anew; where that fails the polls learn of the end.</summary>
    private async Task EndedAsync(CallRequest request, MeetingLocation location, EndLearned how)
    {
        try
        {
            await using var scope = scopes.CreateAsyncScope();
            await scope.ServiceProvider.GetRequiredService<IMessageBus>()
                .InvokeAsync(new EndMeeting(location.Instance, location.Server.Id, how, clock.GetUtcNow()), CancellationToken.None);
        }
#pragma warning disable CA1031 // The meeting is over on its node, whatever became of our note of it.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            Log.NotWritten(log, location.Instance, request.CorrelationId, failure.Message);
        }

        locations.Drop(location.TenantId, location.MeetingId);
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, Message = "The end of meeting {Instance} was not written, request {CorrelationId}; the polls learn of it: {Why}")]
        public static partial void NotWritten(ILogger logger, Guid instance, string correlationId, string why);
    }
}
