using Scalelite.Simulator.Answers;

namespace Scalelite.Simulator.Calls;

/// <summary>The calls that change nothing.</summary>
internal static class Inspection
{
    private const string NotFoundNow = "A meeting with that ID does not exist";
    private const string NotFoundBefore25 = "We could not find a meeting with that meeting ID - perhaps the meeting is not yet running?";

    private static readonly Answer Running = Answer.Fixed("<response><returncode>SUCCESS</returncode><running>true</running></response>"u8);
    private static readonly Answer NotRunning = Answer.Fixed("<response><returncode>SUCCESS</returncode><running>false</running></response>"u8);

    private static readonly Answer NoMeetings = Answer.Fixed(
        "<response><returncode>SUCCESS</returncode><meetings/><messageKey>noMeetings</messageKey><message>no meetings were found on this server</message></response>"u8);

    private static readonly Answer NoSessions = Answer.Fixed(
        "<response><returncode>SUCCESS</returncode><sessions/><messageKey>noSessions</messageKey><message>no sessions were found on this serverr</message></response>"u8);

    private static readonly Answer NoRecordings = Answer.Fixed(
        "<response><returncode>SUCCESS</returncode><recordings></recordings><messageKey>noRecordings</messageKey><message>There are no recordings for the meeting(s).</message></response>"u8);

    public static Answer NotFound(CallRequest request) => Answer.Failed("notFound", request.Node.IsBefore25 ? NotFoundBefore25 : NotFoundNow);

    /// <summary>Whether anyone is in the meeting now; also of one that nobody knows.</summary>
    public static Answer IsMeetingRunning(CallRequest request)
    {
        var meetingID = request["meetingID"];
        if (MeetingIDs.Refuse(meetingID) is { } refusal)
        {
            return refusal;
        }

        var meetings = request.Node.Table;
        lock (meetings.Gate)
        {
            return meetings.Find(meetingID)?.Attendees.Count > 0 ? Running : NotRunning;
        }
    }

    public static Answer GetMeetingInfo(CallRequest request)
    {
        var meetings = request.Node.Table;
        lock (meetings.Gate)
        {
            if (meetings.Find(request["meetingID"]) is not { } meeting)
            {
                return NotFound(request);
            }

            var xml = new XmlBuffer(2048).Raw("<response><returncode>SUCCESS</returncode>"u8);
            meeting.WriteTo(xml, request.ThousandsSeparators);
            return Answer.Of(xml.Raw("</response>"u8));
        }
    }

    public static Answer GetMeetings(CallRequest request)
    {
        var meetings = request.Node.Table;
        lock (meetings.Gate)
        {
            if (meetings.All.Count == 0)
            {
                return NoMeetings;
            }

            var xml = new XmlBuffer(16 * 1024).Raw("<response><returncode>SUCCESS</returncode><meetings>"u8);
            foreach (var meeting in meetings.All)
            {
                xml.Raw("<meeting>"u8);
                meeting.WriteTo(xml, request.ThousandsSeparators);
                xml.Raw("</meeting>"u8);
            }

            return Answer.Of(xml.Raw("</meetings></response>"u8));
        }
    }

    public static Answer GetSessions(CallRequest request)
    {
        var meetings = request.Node.Table;
        lock (meetings.Gate)
        {
            if (meetings.All.All(m => m.Attendees.Count == 0))
            {
                return NoSessions;
            }

            var xml = new XmlBuffer(4096).Raw("<response><returncode>SUCCESS</returncode><sessions>"u8);
            foreach (var meeting in meetings.All)
            {
                foreach (var attendee in meeting.Attendees)
                {
                    xml.Raw("<meeting>"u8)
                        .Element("meetingID"u8, meeting.InternalMeetingID)
                        .Element("meetingName"u8, meeting.Plan.Name)
                        .Element("userName"u8, attendee.FullName)
                        .Raw("</meeting>"u8);
                }
            }

            return Answer.Of(xml.Raw("</sessions></response>"u8));
        }
    }

    /// <summary>These nodes record nothing.</summary>
    public static Answer GetRecordings(CallRequest request) => NoRecordings;
}
