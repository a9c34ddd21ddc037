using Scalelite.Simulator.Answers;
using Scalelite.Simulator.Meetings;

namespace Scalelite.Simulator.Calls;

/// <summary><c>end</c> (<c>bbb-api.md §3.5</c>). The meeting is gone at once; BBB takes a few seconds.</summary>
internal static class EndCall
{
    private static readonly Answer Sent = Answer.Fixed(
        "<response><returncode>SUCCESS</returncode><messageKey>sentEndMeetingRequest</messageKey><message>A request to end the meeting was sent.  Please wait a few seconds, and then use the getMeetingInfo or isMeetingRunning API calls to verify that it was ended.</message></response>"u8);

    public static Answer Execute(CallRequest request)
    {
        var meetings = request.Node.Table;
        lock (meetings.Gate)
        {
            if (meetings.Find(request["meetingID"]) is not { } meeting)
            {
                return Inspection.NotFound(request);
            }

            if (request.Node.IsBefore25 && request["password"] != meeting.ModeratorPW)
            {
                return Answer.Failed("invalidPassword", "You must supply the moderator password for this call.");
            }

            meetings.End(meeting, EndReason.EndCall);
            return Sent;
        }
    }
}
