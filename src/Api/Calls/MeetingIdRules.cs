using Scalelite.BigBlueButton.Answers;

namespace Scalelite.Api.Calls;

/// <summary>What BBB takes for a meetingID in create (<c>bbb-api.md §2</c>).</summary>
internal static class MeetingIdRules
{
    /// <summary>What is wrong with it; null where nothing is.</summary>
    public static BbbError? Check(string? meetingId) => meetingId switch
    {
        null => BbbErrors.InvalidMeetingId,
        { Length: < 2 or > 256 } => BbbErrors.MeetingIdSize,
        _ when meetingId.Contains(',', StringComparison.Ordinal) => BbbErrors.MeetingIdWithComma,
        _ when char.IsWhiteSpace(meetingId[0]) || char.IsWhiteSpace(meetingId[^1]) || meetingId.Any(char.IsControl) => BbbErrors.InvalidMeetingId,
        _ => null,
    };
}
