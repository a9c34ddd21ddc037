namespace Scalelite.Domain.Meetings;

/// <summary>How far a run of a meeting is.</summary>
public enum MeetingPhase
{
    /// <summary>Given to a server that has not answered yet.</summary>
    Placing,

    /// <summary>On its server.</summary>
    Live,

    /// <summary>It was, and is over.</summary>
    Ended,

    /// <summary>It never began; another server may be tried.</summary>
    Failed,
}
