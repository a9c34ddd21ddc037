namespace Scalelite.Domain.Placement;

/// <summary>A server that could be chosen, weighed by a policy.</summary>
/// <param name="Load">What the policy compares, multiplier included.</param>
/// <param name="Reserved">The share of it that no poll has shown yet, before the multiplier.</param>
public readonly record struct Candidate(ServerLoad Server, decimal Load, long Reserved)
{
    /// <summary>Negative where this candidate is less loaded; equal loads are told apart by meetings, then by id.</summary>
    public int CompareByLoad(in Candidate other)
    {
        var byLoad = Load.CompareTo(other.Load);
        if (byLoad != 0)
            return byLoad;
        var byMeetings = Server.Meetings.CompareTo(other.Server.Meetings);
        return byMeetings != 0 ? byMeetings : string.CompareOrdinal(Server.ServerId, other.Server.ServerId);
    }
}
