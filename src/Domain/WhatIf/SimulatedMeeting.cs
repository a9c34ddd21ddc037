namespace Scalelite.Domain.WhatIf;

/// <summary>A live meeting on one server. Times are milliseconds.</summary>
internal sealed class SimulatedMeeting(Guid run, string tenantId, string meetingId, string? internalMeetingId, long placedAt, long endKnownAt, UserCurve curve)
{
    // Joins are counted in memory and written once a second.
    private const long Flush = 1000;

    private long joinsElsewhere;
    private UserCurve whole = curve;

    public Guid Run { get; } = run;

    public string TenantId { get; } = tenantId;

    public string MeetingId { get; } = meetingId;

    public string? InternalMeetingId { get; } = internalMeetingId;

    /// <summary>Its age counts from here.</summary>
    public long PlacedAt { get; } = placedAt;

    /// <summary>When a call told its end; long.MaxValue where polls must.</summary>
    public long EndKnownAt { get; } = endKnownAt;

    public UserCurve Curve { get; private set; } = curve;

    /// <summary>Null once it is over.</summary>
    public SimulatedServer? Server { get; set; }

    /// <summary>The joins routed that have been written at a moment.</summary>
    public long RoutedAt(long moment) => joinsElsewhere + Curve.JoinsAt(Written(moment));

    /// <summary>The first moment after one at which another join has been written.</summary>
    public long NextRouted(long moment)
    {
        var next = Curve.NextJoin(Written(moment));
        return next == long.MaxValue ? next : Written(next + Flush - 1);
    }

    /// <summary>When it would have ended by itself.</summary>
    public long EndsByItself => whole.Ends;

    /// <summary>Its node breaks down: until it is created anew nobody is in it.</summary>
    public void Lose(long moment) => Curve = whole.Until(moment);

    /// <summary>It begins anew on another server, and its people come back.</summary>
    public void BeginAnew(long moment)
    {
        joinsElsewhere = RoutedAt(moment);
        Curve = whole = whole.From(moment);
    }

    private static long Written(long moment) => moment - (moment % Flush);
}
