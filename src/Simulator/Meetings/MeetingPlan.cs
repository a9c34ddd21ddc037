namespace Scalelite.Simulator.Meetings;

/// <summary>What a create asks for, checked, with nothing drawn yet.</summary>
internal sealed record MeetingPlan(string MeetingID, string Name)
{
    public string? AttendeePW { get; init; }

    public string? ModeratorPW { get; init; }

    public string? VoiceBridge { get; init; }

    public string DialNumber { get; init; } = "613-555-1234";

    public TimeSpan Duration { get; init; }

    public int MaxParticipants { get; init; }

    public bool Record { get; init; }

    public string? GuestPolicy { get; init; }

    public string? LogoutUrl { get; init; }

    public string? EndedUrl { get; init; }

    public TimeSpan? ExpireIfNobodyJoined { get; init; }

    public TimeSpan? ExpireWhenLastLeft { get; init; }

    public IReadOnlyDictionary<string, string> Metadata { get; init; } = new Dictionary<string, string>();

    /// <summary>For a breakout room: its parent, its number and whether one may choose it freely.</summary>
    public (LiveMeeting Parent, int Sequence, bool FreeJoin)? Breakout { get; init; }
}
