namespace Scalelite.Domain.Polling;

/// <summary>What follows from a poll for another stream. Each is decided again, alone, by the one who carries it out.</summary>
public abstract record PollConsequence
{
    private PollConsequence()
    {
    }

    /// <summary>Two answers in a row did not name the meeting: it is over, if it is on this server still.</summary>
    public sealed record EndMeeting(Guid Instance, string ServerId) : PollConsequence;

    /// <summary>Two polls that began after the create's deadline did not find the meeting: it was never begun.</summary>
    public sealed record AbandonPlacement(Guid Instance, string ServerId) : PollConsequence;

    /// <summary>The node has a meeting whose create was never answered to us.</summary>
    public sealed record StartedSeen(Guid Instance, string ServerId, FoundMeeting Meeting) : PollConsequence;

    /// <summary>The node has a meeting that has no location.</summary>
    public sealed record AdoptMeeting(string TenantId, string ServerId, FoundMeeting Meeting) : PollConsequence;

    /// <summary>
    /// A copy that our events name is without users (or is not to be left alone): it is to be ended on its node. Who does it looks
    /// again first: a create may have placed the id there since, and then what the node has is no copy.
    /// </summary>
    public sealed record EndCopy(Guid Instance, string ServerId, string MeetingId, string InternalMeetingId) : PollConsequence;

    /// <summary>A copy that our events name is not on its node any more.</summary>
    public sealed record CopyGone(Guid Instance, string ServerId) : PollConsequence;

    /// <summary>The server returned with people in the copy that was moved away from, and nobody is in the new one.</summary>
    public sealed record MoveBack(Guid Instance, string FromServerId, string ToServerId, string InternalMeetingId, long CreateTime) : PollConsequence;

    /// <summary>The node has a meeting whose location is elsewhere: left alone, and said.</summary>
    public sealed record SecondCopySeen(Guid Instance, string ServerId, string LocatedOn, FoundMeeting Meeting) : PollConsequence;

    /// <summary>Enough good polls in a row.</summary>
    public sealed record BringOnline(string ServerId) : PollConsequence;

    /// <summary>The cordoned server has no meeting left.</summary>
    public sealed record DrainServer(string ServerId) : PollConsequence;

    /// <summary>The first failed poll of an online server.</summary>
    public sealed record SuspectServer(string ServerId, string Reason) : PollConsequence;

    /// <summary>Too many failed polls in a row.</summary>
    public sealed record TakeOffline(string ServerId, string Reason) : PollConsequence;
}

/// <summary>A poll's event and what follows from it.</summary>
public sealed record PollOutcome<TEvent>(TEvent Event, IReadOnlyList<PollConsequence> Consequences);
