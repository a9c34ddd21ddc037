using Scalelite.Simulator.Answers;

namespace Scalelite.Simulator.Calls;

/// <summary><c>sendChatMessage</c> (<c>bbb-api.md §3.10</c>).</summary>
internal static class SendChatMessageCall
{
    private const int MostKept = 100;

    private static readonly Answer Sent = Answer.Fixed(
        "<response><returncode>SUCCESS</returncode><messageKey></messageKey><message>Message successfully sent</message></response>"u8);

    public static Answer Execute(CallRequest request)
    {
        if (MeetingIDs.Refuse(request["meetingID"]) is { } refusal)
        {
            return refusal;
        }

        switch (request["message"])
        {
            case null:
                return Answer.Failed("nullError", "You must provide the param message");
            case { Length: < 1 or > 500 }:
                return Answer.Failed("sizeError", "Param message must be between 1 and 500 characters");
        }

        if (request["userName"] is { Length: > 255 })
        {
            return Answer.Failed("sizeError", "Param userName must not exceed 255 characters");
        }

        var meetings = request.Node.Table;
        lock (meetings.Gate)
        {
            if (meetings.Find(request["meetingID"]) is not { Attendees.Count: > 0 } meeting)
            {
                return Answer.Failed("meetingNotFound", "Meeting not found");
            }

            if (meeting.Chat.Count < MostKept)
            {
                meeting.Chat.Add(request["message"]!);
            }

            return Sent;
        }
    }
}
