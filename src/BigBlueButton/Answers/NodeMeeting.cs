using System.Collections.Frozen;

namespace Scalelite.BigBlueButton.Answers;

/// <summary>A meeting in a node's getMeetings answer, without users' names and passwords.</summary>
/// <param name="CreateTime">Epoch milliseconds on the node's clock.</param>
/// <param name="Users">All users, moderators included.</param>
/// <param name="Running">At least one user is present.</param>
/// <param name="IsEnding">Was ended by force; the node may show it a little longer.</param>
/// <param name="ParentMeetingId">Of a breakout: nodes print the parent's internal id, older ones the external one.</param>
/// <param name="Metadata">Names in lower case.</param>
public sealed record NodeMeeting(
    string MeetingId,
    string InternalMeetingId,
    long CreateTime,
    string Name,
    string? VoiceBridge,
    bool Running,
    bool Recording,
    bool IsEnding,
    int Users,
    int Moderators,
    int Listeners,
    int Voice,
    int Videos,
    bool IsBreakout,
    string? ParentMeetingId,
    int? Sequence,
    IReadOnlyDictionary<string, string> Metadata)
{
    /// <summary>The tenant that the create gave it.</summary>
    public string? TenantId => Metadata.GetValueOrDefault("tenant-id");

    internal static IReadOnlyDictionary<string, string> NoMetadata { get; } = FrozenDictionary<string, string>.Empty;
}
