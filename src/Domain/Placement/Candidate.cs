namespace Scalelite.Domain.Placement;

/// <summary>A server that could be chosen, weighed by a policy.</summary>
/// <param name="Load">What the policy compares, multiplier included.</param>
/// <param name="Reserved">The share of it that no poll has shown yet, before the multiplier.</param>
public readonly record struct Candidate(ServerLoad Server, decimal Load, long Reserved)
{
    // A placement compares every server of the pool, under the lock: most loads differ in their whole parts, which compare faster than
    // decimals, and equal ones are told apart without a look at the servers themselves.
    private readonly long whole = Load >= long.MaxValue ? long.MaxValue : (long)Load;
    private readonly int meetings = Server.Meetings;

    /// <summary>Negative where this candidate is less loaded; equal loads are told apart by meetings, then by id.</summary>
    public int CompareByLoad(in Candidate other)
    {
        var byMeetings = CompareByMeetings(other);
        return byMeetings != 0 ? byMeetings : string.CompareOrdinal(Server.ServerId, other.Server.ServerId);
    }

    /// <summary>Negative where this candidate is less loaded; equal loads are told apart by meetings.</summary>
    internal int CompareByMeetings(in Candidate other)
    {
        var byLoad = CompareLoad(other);
        return byLoad != 0 ? byLoad : meetings.CompareTo(other.meetings);
    }

    /// <summary>Negative where this candidate is less loaded.</summary>
    internal int CompareLoad(in Candidate other) =>
        whole != other.whole ? whole.CompareTo(other.whole) : Load.CompareTo(other.Load);
}
