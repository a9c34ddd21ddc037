using System.Text.Json;
using System.Text.RegularExpressions;
using Scalelite.Simulator.Answers;
using Scalelite.Simulator.Meetings;

namespace Scalelite.Simulator.Calls;

/// <summary><c>join</c> as BBB 3.0 answers it (<c>bbb-api.md §3.3</c>).</summary>
internal static partial class JoinCall
{
    private const string CustomData = "userdata-";

    public static Answer Execute(CallRequest request)
    {
        var meetings = request.Node.Table;
        lock (meetings.Gate)
        {
            var meeting = meetings.Find(request["meetingID"]);
            if (Refuse(request, meeting) is var (key, message))
            {
                return Refusal(request, meeting, key, message);
            }

            if (RoleOf(request, meeting!, out var isModerator) is var (roleKey, roleMessage))
            {
                return Refusal(request, meeting, roleKey, roleMessage);
            }

            var isGuest = string.Equals(request["guest"], "true", StringComparison.OrdinalIgnoreCase);
            if (isGuest && !isModerator && meeting!.Plan.GuestPolicy == "ALWAYS_DENY")
            {
                return Refusal(request, meeting, "guestDeniedAccess", "You have been denied access to this meeting based on the meeting's guest policy");
            }

            var internalUserID = $"w_{meetings.Draw(12).ToLowerInvariant()}";
            meetings.Enter(meeting!, request.NotEmpty("userID") ?? internalUserID, request["fullName"]!, isModerator, CustomDataOf(request));
            return Welcome(request, meeting!, internalUserID, meetings.Draw(16));
        }
    }

    private static (string Key, string Message)? Refuse(CallRequest request, LiveMeeting? meeting)
    {
        if (string.IsNullOrWhiteSpace(request["fullName"]))
        {
            return ("missingParamFullName", "You must provide your name");
        }

        if (request["meetingID"] is null)
        {
            return ("missingParamMeetingID", "You must provide a meeting ID");
        }

        if (meeting is null)
        {
            // Also for one that never was: BBB issue 22979.
            return ("meetingForciblyEnded", "You can not join a meeting that has already been forcibly ended");
        }

        if (request.NotEmpty("createTime") is { } createTime && createTime != meeting.CreateTime.ToString(System.Globalization.CultureInfo.InvariantCulture))
        {
            return ("mismatchCreateTimeParam", "The createTime parameter submitted mismatches with the current meeting.");
        }

        return meeting.Plan.MaxParticipants > 0 && meeting.Attendees.Count >= meeting.Plan.MaxParticipants
            ? ("maxParticipantsReached", "The number of participants allowed for this meeting has been reached.")
            : null;
    }

    private static (string Key, string Message)? RoleOf(CallRequest request, LiveMeeting meeting, out bool isModerator)
    {
        isModerator = false;
        if (request.NotEmpty("role") is { } role)
        {
            isModerator = string.Equals(role, "MODERATOR", StringComparison.OrdinalIgnoreCase);
            return isModerator || string.Equals(role, "VIEWER", StringComparison.OrdinalIgnoreCase)
                ? null
                : ("Params required", "You must either send the valid role of the user, or the password, sould the meeting has one.");
        }

        if (request.NotEmpty("password") is not { } password)
        {
            return ("Params required", "You must enter a valid password");
        }

        isModerator = password == meeting.ModeratorPW;
        return isModerator || password == meeting.AttendeePW
            ? null
            : ("invalidPassword", "The provided password is neither a moderator or attendee password");
    }

    private static Answer Welcome(CallRequest request, LiveMeeting meeting, string userID, string token)
    {
        var url = $"{request.Node.Origin}/html5client/?sessionToken={token}";
        if (!string.Equals(request["redirect"], "false", StringComparison.OrdinalIgnoreCase))
        {
            return Answer.Redirect(url, $"JSESSIONID={token.ToUpperInvariant()}; Path=/bigbluebutton; HttpOnly");
        }

        return Answer.Of(new XmlBuffer()
            .Raw("<response><returncode>SUCCESS</returncode><messageKey>successfullyJoined</messageKey><message>You have joined successfully.</message>"u8)
            .Element("meeting_id"u8, meeting.InternalMeetingID)
            .Element("user_id"u8, userID)
            .Element("auth_token"u8, token.ToLowerInvariant())
            .Element("session_token"u8, token)
            .Raw("<guestStatus>ALLOW</guestStatus>"u8)
            .Element("url"u8, url)
            .Raw("</response>"u8));
    }

    /// <summary>With <c>redirect=false</c> the envelope, else the way to a page that shows it.</summary>
    internal static Answer Refusal(CallRequest request, LiveMeeting? meeting, string key, string message)
    {
        if (string.Equals(request["redirect"], "false", StringComparison.OrdinalIgnoreCase))
        {
            return Answer.Failed(key, message);
        }

        var page = request.NotEmpty("errorRedirectUrl") ?? request.NotEmpty("logoutURL") ?? meeting?.Plan.LogoutUrl ?? $"{request.Node.Origin}/";
        var errors = JsonSerializer.Serialize(new[] { new { message, key } });
        var mark = page.Contains('?', StringComparison.Ordinal) ? '&' : '?';
        return Answer.Redirect($"{page}{mark}errors={Uri.EscapeDataString(errors)}");
    }

    private static Dictionary<string, string>? CustomDataOf(CallRequest request)
    {
        Dictionary<string, string>? data = null;
        foreach (var parameter in request.Parameters)
        {
            if (parameter.Name.StartsWith(CustomData, StringComparison.Ordinal) && CustomDataName().IsMatch(parameter.Name))
            {
                (data ??= []).TryAdd(parameter.Name[CustomData.Length..], parameter.Value);
            }
        }

        return data;
    }

    [GeneratedRegex("^userdata-[a-zA-Z_][a-zA-Z0-9_-]*$")]
    private static partial Regex CustomDataName();
}
