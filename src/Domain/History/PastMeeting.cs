namespace Scalelite.Domain.History;

/// <summary>A live meeting of a <see cref="PoolState"/>: what <c>meeting_location</c>, <c>meeting_joins</c> and <c>meeting_instance</c> hold of it, but for names.</summary>
public sealed class PastMeeting
{
    internal PastMeeting(Guid instance, string tenantId, string meetingId, string serverId, DateTimeOffset placedAt) =>
        (Instance, TenantId, MeetingId, ServerId, PlacedAt) = (instance, tenantId, meetingId, serverId, placedAt);

    /// <summary>This run.</summary>
    public Guid Instance { get; }

    /// <summary>Empty without tenants.</summary>
    public string TenantId { get; }

    /// <summary>The client's id.</summary>
    public string MeetingId { get; }

    /// <summary>Where it is.</summary>
    public string ServerId { get; internal set; }

    /// <summary>When it was placed; of one that was found on a node, when that says that it began.</summary>
    public DateTimeOffset PlacedAt { get; }

    /// <summary>Given to a server that has not answered yet.</summary>
    public bool Placing { get; internal set; }

    /// <summary>The node's id; null where it is not known.</summary>
    public string? InternalMeetingId { get; internal set; }

    /// <summary>The number to dial.</summary>
    public string? VoiceBridge { get; internal set; }

    /// <summary>Joins that were routed to it.</summary>
    public long Joins { get; internal set; }

    /// <summary>The servers whose joins count; null where none do any more.</summary>
    public IReadOnlyList<string>? JoinServers { get; internal set; }
}

/// <summary>A copy of a meeting that our own events left on another server.</summary>
/// <param name="Reason">A <c>PlacementFailure</c>, or <c>Moved</c>, <c>MovedBack</c>, <c>PlacedAnew</c>.</param>
public sealed record PastCopy(Guid Instance, string ServerId, string MeetingId, string? InternalMeetingId, string Reason, DateTimeOffset Since);
