using System.Globalization;
using System.Text.RegularExpressions;
using Scalelite.Simulator.Answers;
using Scalelite.Simulator.Meetings;

namespace Scalelite.Simulator.Calls;

/// <summary><c>create</c> as BBB 3.0 answers it (<c>bbb-api.md §3.2</c>).</summary>
internal static partial class CreateCall
{
    private const string Metadata = "meta_";

    public static Answer Execute(CallRequest request)
    {
        if (Refuse(request) is { } refusal)
        {
            return refusal;
        }

        var meetings = request.Node.Table;
        lock (meetings.Gate)
        {
            var plan = PlanOf(request);
            if (string.Equals(request["isBreakout"], "true", StringComparison.OrdinalIgnoreCase))
            {
                if (request.NotEmpty("parentMeetingID") is not { } parentID)
                {
                    return Answer.Failed("parentMeetingIDMissing", "No parent meeting ID was provided for the breakout room");
                }

                if (meetings.Find(parentID) is not { } parent)
                {
                    return Answer.Failed("parentMeetingDoesNotExist", "No parent meeting exists for the breakout room");
                }

                plan = plan with { Breakout = (parent, Integer(request["sequence"]), request["freeJoin"] == "true") };
            }

            if (meetings.FindByMeetingID(plan.MeetingID) is { } existing)
            {
                var isSame = (plan.AttendeePW is null && plan.ModeratorPW is null)
                    || (plan.AttendeePW == existing.AttendeePW && plan.ModeratorPW == existing.ModeratorPW);
                return isSame
                    ? Succeed(existing, "duplicateWarning", "This conference was already in existence and may currently be in progress.")
                    : Answer.Failed("idNotUnique", "A meeting already exists with that meeting ID.  Please use a different meeting ID.");
            }

            if (plan.VoiceBridge is { } voiceBridge && meetings.HasVoiceBridge(voiceBridge))
            {
                return Answer.FailedInErrors("nonUniqueVoiceBridge", "The selected voice bridge is already in use.");
            }

            var started = meetings.Start(plan);
            (started.Documents, started.DocumentBytes) = (request.Documents, request.BodyBytes);
            return Succeed(started, "", "");
        }
    }

    private static Answer? Refuse(CallRequest request)
    {
        if (MeetingIDs.RefuseForCreate(request["meetingID"]) is { } refusal)
        {
            return refusal;
        }

        return request["name"] switch
        {
            null => Answer.Failed("nullError", "You must provide a meeting name"),
            "" => Answer.Failed("emptyError", "You must provide a meeting name"),
            { Length: < 2 or > 256 } => Answer.Failed("sizeError", "Meeting name must be between 2 and 256 characters"),
            _ when request.NotEmpty("attendeePW") is { Length: < 2 or > 64 } => Answer.Failed("invalidPassword", "Invalid password"),
            _ when request.NotEmpty("moderatorPW") is { Length: < 2 or > 64 } => Answer.Failed("invalidPassword", "Invalid password"),
            _ when !IsInteger(request["voiceBridge"]) => Answer.Failed("validationError", "Voice bridge must be an integral value"),
            _ when !IsBoolean(request["record"]) => Answer.Failed("validationError", "Record must be a boolean value (true or false)"),
            _ when !IsBoolean(request["isBreakout"]) =>
                Answer.Failed("validationError", "You must provide a boolean value (true or false) for the breakout room"),
            _ when !IsInteger(request["duration"]) || !IsInteger(request["maxParticipants"]) || !IsInteger(request["sequence"]) =>
                Answer.Failed("validationError", "Value must be an integral number"),
            _ when request.NotEmpty("presentationUploadExternalUrl") is { } url && !Uri.TryCreate(url, UriKind.Absolute, out _) =>
                Answer.Failed("validationError", "Param 'presentationUploadExternalUrl' is not a valid URL"),
            _ => null,
        };
    }

    private static MeetingPlan PlanOf(CallRequest request)
    {
        var metadata = new Dictionary<string, string>();
        foreach (var parameter in request.Parameters)
        {
            if (parameter.Name.StartsWith(Metadata, StringComparison.Ordinal) && MetadataName().IsMatch(parameter.Name))
            {
                metadata.TryAdd(parameter.Name[Metadata.Length..].ToLowerInvariant(), parameter.Value);
            }
        }

        var plan = new MeetingPlan(request["meetingID"]!, request["name"]!);
        return plan with
        {
            AttendeePW = request.NotEmpty("attendeePW"),
            ModeratorPW = request.NotEmpty("moderatorPW"),
            VoiceBridge = request.NotEmpty("voiceBridge"),
            DialNumber = request.NotEmpty("dialNumber") ?? plan.DialNumber,
            Duration = TimeSpan.FromMinutes(Integer(request["duration"])),
            MaxParticipants = Integer(request["maxParticipants"]),
            Record = string.Equals(request["record"], "true", StringComparison.OrdinalIgnoreCase),
            GuestPolicy = request.NotEmpty("guestPolicy"),
            LogoutUrl = request.NotEmpty("logoutURL"),
            EndedUrl = request.NotEmpty("meetingEndedURL"),
            ExpireIfNobodyJoined = Minutes(request["meetingExpireIfNoUserJoinedInMinutes"]),
            ExpireWhenLastLeft = Minutes(request["meetingExpireWhenLastUserLeftInMinutes"]),
            Metadata = metadata,
        };
    }

    private static Answer Succeed(LiveMeeting meeting, string key, string message) => Answer.Of(
        new XmlBuffer()
            .Raw("<response><returncode>SUCCESS</returncode>"u8)
            .Element("meetingID"u8, meeting.MeetingID)
            .Element("internalMeetingID"u8, meeting.InternalMeetingID)
            .Element("parentMeetingID"u8, meeting.Plan.Breakout?.Parent.InternalMeetingID ?? "bbb-none")
            .Element("attendeePW"u8, meeting.AttendeePW)
            .Element("moderatorPW"u8, meeting.ModeratorPW)
            .Element("createTime"u8, meeting.CreateTime)
            .Element("voiceBridge"u8, meeting.VoiceBridge)
            .Element("dialNumber"u8, meeting.Plan.DialNumber)
            .Element("createDate"u8, meeting.CreateDate)
            .Element("hasUserJoined"u8, meeting.HasUserJoined)
            .Element("duration"u8, (long)meeting.Plan.Duration.TotalMinutes)
            .Raw("<hasBeenForciblyEnded>false</hasBeenForciblyEnded>"u8)
            .Element("messageKey"u8, key)
            .Element("message"u8, message)
            .Raw("</response>"u8));

    private static bool IsInteger(string? text) => text is null or "" || (text.Length <= 20 && text.All(char.IsAsciiDigit));

    private static bool IsBoolean(string? text) =>
        text is null or "" || string.Equals(text, "true", StringComparison.OrdinalIgnoreCase) || string.Equals(text, "false", StringComparison.OrdinalIgnoreCase);

    private static int Integer(string? text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value : 0;

    private static TimeSpan? Minutes(string? text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var minutes) ? TimeSpan.FromMinutes(minutes) : null;

    [GeneratedRegex("^meta_[a-zA-Z][a-zA-Z0-9-]*$")]
    private static partial Regex MetadataName();
}
