namespace Scalelite.Domain.Imbalance;

/// <summary>Why a server had more than its share, as far as the events show.</summary>
public enum MomentReason
{
    /// <summary>The server had come online or been enabled within the ten minutes before: with little load it gets what comes.</summary>
    NodeReturning,

    /// <summary>For half of the placements onto it no more than half of the servers could be chosen: tags split the pool.</summary>
    TagShortage,

    /// <summary>A quarter of the servers, or more, had been cordoned, disabled or gone within the day before.</summary>
    FewServers,

    /// <summary>Half of the placements onto it were decided by a poll older than <see cref="ImbalanceOptions.StaleAfter"/>.</summary>
    StalePoll,

    /// <summary>Ten or more creates in a minute, four times as many as in the hour before.</summary>
    Burst,

    /// <summary>No placement did it: its meetings grew.</summary>
    MeetingsGrew,
}

/// <summary>
/// A time in which one server had much more than the others. Minutes are looked at one by one, whatever the buckets are. A minute is bad for a server where
/// (a) it got at least five placements, twice an even share or more (even: placements over the servers that take meetings and those that ceased to within a
/// day), or (b) it has at least one and a half times the mean load, and <see cref="ImbalanceOptions.MinimumUsers"/> more. Bad minutes of one server with less
/// than ten minutes between them are one moment.
/// </summary>
/// <param name="From">First placement or sample of it.</param>
/// <param name="To">Last one.</param>
/// <param name="Excess">By what moments are ranked, in users: the most of load above the mean (b), or placements above the even share, each <see cref="ImbalanceOptions.MinimumUsers"/> (a).</param>
/// <param name="Reasons">All that hold, in the order of the enumeration; empty where the events show none.</param>
/// <param name="Pile">The worst minute of placements onto it; null where there was none.</param>
/// <param name="Peak">The sample where it was the furthest above the mean; null where load was no part of it.</param>
/// <param name="Return">How it had returned, with <see cref="MomentReason.NodeReturning"/>.</param>
/// <param name="Missing">How many servers had ceased to take meetings within the day before, when it began.</param>
/// <param name="MissingServers">The last five of them, the last one first.</param>
/// <param name="Servers">How many took meetings when it began; 0 where no sample had said.</param>
public sealed record ImbalanceMoment(
    DateTimeOffset From,
    DateTimeOffset To,
    string ServerId,
    double Excess,
    IReadOnlyList<MomentReason> Reasons,
    PlacementPile? Pile,
    LoadPeak? Peak,
    PoolChange? Return,
    int Missing,
    IReadOnlyList<PoolChange> MissingServers,
    int Servers);

/// <summary>The placements of one minute, many of them onto one server.</summary>
/// <param name="From">The first of them, on any server.</param>
/// <param name="To">The last of them.</param>
/// <param name="Placements">On all servers.</param>
/// <param name="Onto">On this one.</param>
/// <param name="OldestPollSeconds">The oldest poll that one of those onto it was decided by; null where none had a poll.</param>
/// <param name="Candidates">The fewest servers that could have been chosen for one of those onto it.</param>
/// <param name="Tag">A tag that they asked for; null where none was.</param>
public sealed record PlacementPile(
    DateTimeOffset From, DateTimeOffset To, int Placements, int Onto, double? OldestPollSeconds, int Candidates, string? Tag);

/// <summary>A server far above the others.</summary>
/// <param name="Load">Its load.</param>
/// <param name="Mean">The mean load of all that take meetings.</param>
/// <param name="LargestMeeting">The users of its largest meeting; 0 where nobody knows.</param>
public sealed record LoadPeak(DateTimeOffset At, double Load, double Mean, int LargestMeeting);
