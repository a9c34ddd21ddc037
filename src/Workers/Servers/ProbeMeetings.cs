using Scalelite.BigBlueButton.Answers;
using Scalelite.EventLog;

namespace Scalelite.Workers.Servers;

/// <summary>
/// Meetings that a check creates on a node for a moment. They bear a mark that nobody else can make, by which polls know them: no load
/// counts them, and nobody adopts them.
/// </summary>
public sealed class ProbeMeetings(SecretVault vault)
{
    /// <summary>The metadata that bears the mark.</summary>
    public const string Metadata = "scalelite-probe";

    private const string Kind = "probe";

    /// <summary>The mark of a probe with this meetingID.</summary>
    public string MarkOf(string meetingId) => vault.Fingerprint(Kind, meetingId);

    /// <summary>Whether a node's meeting is one.</summary>
    public bool IsProbe(NodeMeeting meeting) => meeting.Metadata.GetValueOrDefault(Metadata) is { } mark && mark == MarkOf(meeting.MeetingId);
}
