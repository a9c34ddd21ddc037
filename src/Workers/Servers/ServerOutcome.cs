using Scalelite.Domain.Servers;

namespace Scalelite.Workers.Servers;

/// <summary>Who changes something: the <c>actor</c> header of the events.</summary>
/// <param name="Actor"><c>cli:root</c>, <c>admin-api</c>; never a secret.</param>
/// <param name="CorrelationId">The request, where there is one.</param>
/// <param name="Address">The address that it came from, where it came over the network: the <c>address</c> header.</param>
/// <param name="Reason">Why, in the person's words: the <c>reason</c> header.</param>
/// <param name="SeenVersion">The version of its stream that the change is meant for; where it is another by now, a
/// <see cref="StaleVersionException"/> is thrown and nothing changes. Null: whatever it is.</param>
public sealed record ChangedBy(
    string Actor, string? CorrelationId = null, string? Address = null, string? Reason = null, long? SeenVersion = null);

/// <summary>What came of an operation on a server.</summary>
public abstract record ServerOutcome
{
    private ServerOutcome()
    {
    }

    /// <summary>It is so now, whether or not it was before.</summary>
    /// <param name="EndedMeetings">How many meetings were given up with it.</param>
    public sealed record Done(string ServerId, int EndedMeetings = 0) : ServerOutcome;

    /// <summary>There is no such server in the pool.</summary>
    public sealed record Unknown(string ServerId) : ServerOutcome;

    /// <summary>No, for a reason that is a sentence for the person who asked.</summary>
    public sealed record Refused(string Why) : ServerOutcome;
}

/// <summary>What is to be changed of a server; null leaves it as it is.</summary>
/// <param name="Tag">Empty takes the tag away.</param>
public sealed record ServerChange(
    string? Secret = null, decimal? LoadMultiplier = null, string? Tag = null, AdministrativeState? State = null, string? Url = null);
