using Scalelite.Domain.Placement;

namespace Scalelite.Domain.WhatIf;

/// <summary>What happened at a moment, whichever way meetings are placed.</summary>
public abstract record Happening(DateTimeOffset At);

/// <summary>A server was registered, enabled, cordoned, came online and so on.</summary>
/// <param name="Event">An event of its stream; those that do not touch placement are passed over.</param>
public sealed record ServerHappened(DateTimeOffset At, object Event) : Happening(At);

/// <summary>A node broke down, with its meetings; polls find it so, people click again, and it returns empty.</summary>
public sealed record NodeCrashed(DateTimeOffset At, string ServerId, DateTimeOffset ReturnsAt) : Happening(At);

/// <summary>A meeting was to be placed.</summary>
/// <param name="Run">Tells the runs apart; a UUID in a history.</param>
/// <param name="TenantId">Empty without tenants.</param>
/// <param name="Was">Where it was placed; null in a scenario.</param>
public sealed record MeetingArrived(
    DateTimeOffset At, Guid Run, string TenantId, string MeetingId, TagRequest Tag, MeetingSize Size, PlacedBefore? Was = null) : Happening(At);

/// <summary>A meeting began that nobody placed: a breakout, which lives where its parent does, or one made on a node directly.</summary>
/// <param name="Parent">The meeting that it is a breakout of: its meetingID or internalMeetingID; null for others.</param>
/// <param name="ServerId">Where it was.</param>
public sealed record MeetingFound(
    DateTimeOffset At, Guid Run, string TenantId, string MeetingId, string? Parent, string ServerId, MeetingSize Size) : Happening(At);

/// <summary>A meeting moved, because its server was offline, or back to the one that it had left.</summary>
public sealed record MeetingWentOver(DateTimeOffset At, Guid Run, string ToServerId, bool Back) : Happening(At);

/// <summary>Where a meeting was placed, and by how old a poll.</summary>
/// <param name="PollAge">Of the chosen server; null where it had no poll.</param>
/// <param name="Candidates">How many servers could have been chosen.</param>
public sealed record PlacedBefore(string ServerId, TimeSpan? PollAge, int Candidates);

/// <summary>How large a meeting was, and how long.</summary>
/// <param name="StartsAt">When its node had it.</param>
/// <param name="EndsAt">When its node had it no more; null for a meeting that goes on.</param>
/// <param name="EndKnownAt">When the end was learned by a call; null where two polls without the meeting tell it.</param>
/// <param name="Points">Users at equal distances from start to end, as <see cref="Meetings.MeetingCurve"/> has them.</param>
/// <param name="PointsUntil">Where the points end for a meeting that goes on.</param>
/// <param name="InternalMeetingId">Where known: breakouts name their parent by it.</param>
public sealed record MeetingSize(
    DateTimeOffset StartsAt,
    DateTimeOffset? EndsAt,
    DateTimeOffset? EndKnownAt,
    IReadOnlyList<int> Points,
    DateTimeOffset? PointsUntil = null,
    string? InternalMeetingId = null);
