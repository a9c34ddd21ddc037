namespace Scalelite.Domain.Placement;

/// <summary>A server that could be chosen, weighed by a policy.</summary>
/// <param name="Load">What the policy compares, multiplier included.</param>
/// <param name="Reserved">The share of it that no poll has shown yet, before the multiplier.</param>
public readonly record struct Candidate(ServerLoad Server, decimal Load, long Reserved)
{
    // Most loads differ in their whole parts, and these compare many times faster than decimals.
    private readonly long whole = Load >= long.MaxValue ? long.MaxValue : (long)Load;

    /// <summary>Negative where this candidate is less loaded; equal loads are told apart by meetings, then by id.</summary>
    public int CompareByLoad(in Candidate other)
    {
        var byLoad = CompareLoad(other);
        if (byLoad != 0)
            return byLoad;
        var byMeetings = Server.Meetings.CompareTo(other.Server.Meetings);
        return byMeetings != 0 ? byMeetings : string.CompareOrdinal(Server.ServerId, other.Server.ServerId);
    }

    /// <summary>Negative where this candidate is less loaded.</summary>
    internal int CompareLoad(in Candidate other) =>
        whole != other.whole ? whole.CompareTo(other.whole) : Load.CompareTo(other.Load);
}
