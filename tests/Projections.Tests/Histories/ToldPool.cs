using Scalelite.Domain.Meetings;

namespace Scalelite.Projections.Tests.Histories;

/// <summary>A server of a random story.</summary>
internal sealed class ToldServer(string server, int registered)
{
    public string Server { get; } = server;

    public int Registered { get; } = registered;

    public long Round { get; set; }

    public int LastPoll { get; set; } = -1;
}

/// <summary>A run of a meeting in a random story.</summary>
internal sealed class ToldRun(Guid instance, string meetingId, string tenant)
{
    public Guid Instance { get; } = instance;

    public string MeetingId { get; } = meetingId;

    public string Tenant { get; } = tenant;

    public MeetingPhase Phase { get; set; }

    public string Server { get; set; } = "";

    public string? InternalId { get; set; }

    public int Last { get; set; } = -1;

    public HashSet<string> Tried { get; } = [];

    public SortedDictionary<string, string?> Copies { get; } = [];

    /// <summary>Where joins of it may have been sent, and since which event.</summary>
    public List<(string Server, int Number)> Routes { get; } = [];

    public List<int> Joins { get; } = [];

    public bool IsHere => Phase is MeetingPhase.Placing or MeetingPhase.Live;

    public bool IsOn(string server) => IsHere && Server == server;
}
