using Scalelite.Simulator.Answers;

namespace Scalelite.Simulator.Calls;

/// <summary><c>insertDocument</c> (<c>bbb-api.md §3.9</c>).</summary>
internal static class InsertDocumentCall
{
    private static readonly Answer Uploading = Answer.Fixed(
        "<response><returncode>SUCCESS</returncode><message>Presentation is being uploaded</message></response>"u8);

    public static Answer Execute(CallRequest request)
    {
        var meetingID = request["meetingID"];
        if (MeetingIDs.Refuse(meetingID) is { } refusal)
        {
            return refusal;
        }

        var meetings = request.Node.Table;
        lock (meetings.Gate)
        {
            if (meetings.Find(meetingID) is not { } meeting)
            {
                return Answer.FailedWithoutKey($"Meeting with id [{meetingID}] not found.");
            }

            meeting.Documents += request.Documents;
            meeting.DocumentBytes += request.BodyBytes;
            return Uploading;
        }
    }
}
