using Scalelite.Simulator.Answers;

namespace Scalelite.Simulator.Calls;

/// <summary>What BBB says to a meetingID that cannot be one (<c>bbb-api.md §2</c>).</summary>
internal static class MeetingIDs
{
    public static Answer? RefuseForCreate(string? meetingID)
    {
        if (meetingID is null || meetingID.Any(char.IsControl) || (meetingID.Length > 0 && meetingID != meetingID.Trim()))
        {
            return Answer.Failed("validationError", "Invalid meeting ID");
        }

        return RefuseSize(meetingID)
            ?? (meetingID.Contains(',', StringComparison.Ordinal) ? Answer.Failed("validationError", "Meeting ID cannot contain ','") : null);
    }

    public static Answer? Refuse(string? meetingID) =>
        meetingID is null ? Answer.Failed("missingParamMeetingID", "You must provide a meeting ID") : RefuseSize(meetingID);

    private static Answer? RefuseSize(string meetingID) =>
        meetingID.Length is < 2 or > 256 ? Answer.Failed("sizeError", "Meeting ID must be between 2 and 256 characters") : null;
}
