namespace Scalelite.Simulator.Meetings;

/// <summary>Why a meeting ended.</summary>
public enum EndReason
{
    /// <summary>The API's <c>end</c>.</summary>
    EndCall,

    /// <summary>Nobody joined in time.</summary>
    NobodyJoined,

    /// <summary>The last user left.</summary>
    LastUserLeft,

    /// <summary>The duration that the create gave was over.</summary>
    DurationOver,

    /// <summary>It was a breakout room, and its parent ended.</summary>
    ParentEnded,

    /// <summary>The program told the node so.</summary>
    Told,

    /// <summary>The node crashed and forgot it: no callback was sent.</summary>
    Crash,
}

/// <summary>A meeting that is over.</summary>
/// <param name="Users">How many were in it at that moment.</param>
public sealed record EndedMeeting(string MeetingID, string InternalMeetingID, DateTimeOffset At, EndReason Reason, int Users);
