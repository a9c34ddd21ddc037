using Scalelite.Domain.Polling;
using Scalelite.Domain.Servers;

namespace Scalelite.Domain.History;

/// <summary>A server of a <see cref="PoolState"/>: what the tables <c>server</c>, <c>server_load</c> and <c>polled_meeting</c> hold of it.</summary>
public sealed class PastServer
{
    /// <summary>How long a meeting's size is kept after the last answer that named it: as in <c>polled_meeting</c>.</summary>
    private static readonly TimeSpan Kept = TimeSpan.FromHours(1);

    private readonly Dictionary<string, SeenMeeting> _seen = new(StringComparer.Ordinal);

    internal PastServer(string id, DateTimeOffset registeredAt) => (Id, RegisteredAt) = (id, registeredAt);

    /// <summary>Its id.</summary>
    public string Id { get; }

    /// <summary>When it joined the pool.</summary>
    public DateTimeOffset RegisteredAt { get; }

    /// <summary>API base without a trailing slash.</summary>
    public string Url { get; internal set; } = "";

    /// <summary>Of its secret.</summary>
    public string SecretFingerprint { get; internal set; } = "";

    /// <summary>Its load counts this many times.</summary>
    public decimal Multiplier { get; internal set; } = 1;

    /// <summary>Null: untagged.</summary>
    public string? Tag { get; internal set; }

    /// <summary>What the operator wants of it.</summary>
    public AdministrativeState State { get; internal set; }

    /// <summary>What polls and calls show of it.</summary>
    public Health Health { get; internal set; }

    /// <summary>When it went offline; null if it is not, or never was online.</summary>
    public DateTimeOffset? OfflineSince { get; internal set; }

    /// <summary>Of BigBlueButton; null where it never said.</summary>
    public string? Version { get; internal set; }

    /// <summary>Users that it is meant for; null where nobody says.</summary>
    public int? Capacity { get; internal set; }

    /// <summary>Of its last poll.</summary>
    public long Round { get; internal set; }

    /// <summary>When its last poll began, good or bad.</summary>
    public DateTimeOffset? PolledAt { get; internal set; }

    /// <summary>Of its last answer.</summary>
    public long AnsweredRound { get; internal set; }

    /// <summary>When the poll began that it answered last.</summary>
    public DateTimeOffset? AnsweredAt { get; internal set; }

    /// <summary>Failed polls in a row.</summary>
    public int Failures { get; internal set; }

    /// <summary>Why the last poll failed.</summary>
    public string? Error { get; internal set; }

    /// <summary>In the last answer.</summary>
    public int Users { get; internal set; }

    /// <summary>Users of the largest meeting in the last answer.</summary>
    public int LargestMeeting { get; internal set; }

    /// <summary>In the last answer.</summary>
    public int Videos { get; internal set; }

    /// <summary>May be given new meetings: enabled, online, and its last poll did not fail.</summary>
    public bool TakesMeetings => State == AdministrativeState.Enabled && Health == Health.Online && Failures == 0;

    /// <summary>The meetings of its last answer, and for an hour those that it named before.</summary>
    public IReadOnlyCollection<SeenMeeting> Seen => _seen.Values;

    /// <summary>What it said last of a meeting; null if it named none such within an hour.</summary>
    public SeenMeeting? Find(string internalMeetingId) => _seen.GetValueOrDefault(internalMeetingId);

    internal void Add(SeenMeeting meeting) => _seen[meeting.InternalMeetingId] = meeting;

    internal void Apply(ServerPolled e)
    {
        var began = Micros.Of(e.BeganAt);
        if (RegisteredAt > began) return;
        foreach (var old in _seen.Values)
            if (old.Round < AnsweredRound && old.LastSeenAt < began - Kept)
                _seen.Remove(old.InternalMeetingId);
        (Round, AnsweredRound, PolledAt, AnsweredAt, Failures, Error) = (e.Round, e.Round, began, began, 0, null);
        (Users, LargestMeeting, Videos) = (0, 0, 0);
        foreach (var meeting in e.Meetings)
        {
            Users += meeting.Users;
            LargestMeeting = Math.Max(LargestMeeting, meeting.Users);
            Videos += meeting.Videos;
            if (!_seen.TryGetValue(meeting.InternalMeetingId, out var seen))
                _seen[meeting.InternalMeetingId] = seen = new SeenMeeting(meeting.MeetingId, meeting.InternalMeetingId, meeting.CreateTime);
            seen.Round = e.Round;
            seen.LastSeenAt = began;
            seen.Instance = meeting.Instance;
            seen.Users = meeting.Users;
            seen.Moderators = meeting.Moderators;
            seen.JoinsBefore = meeting.JoinsBefore;
        }
    }

    internal void Apply(ServerPollFailed e)
    {
        var began = Micros.Of(e.BeganAt);
        if (RegisteredAt > began) return;
        (Round, PolledAt, Failures, Error) = (e.Round, began, e.Failures, e.Reason);
    }
}

/// <summary>What a server said last of a meeting.</summary>
public sealed class SeenMeeting
{
    internal SeenMeeting(string meetingId, string internalMeetingId, long createTime) =>
        (MeetingId, InternalMeetingId, CreateTime) = (meetingId, internalMeetingId, createTime);

    /// <summary>The client's id.</summary>
    public string MeetingId { get; }

    /// <summary>The node's id of this run.</summary>
    public string InternalMeetingId { get; }

    /// <summary>Epoch milliseconds on the node's clock.</summary>
    public long CreateTime { get; }

    /// <summary>Of the answer that named it last.</summary>
    public long Round { get; internal set; }

    /// <summary>When that poll began.</summary>
    public DateTimeOffset LastSeenAt { get; internal set; }

    /// <summary>Our run of the meeting, where it was known when the poll began.</summary>
    public Guid? Instance { get; internal set; }

    /// <summary>All users, moderators included.</summary>
    public int Users { get; internal set; }

    /// <summary>Moderators.</summary>
    public int Moderators { get; internal set; }

    /// <summary>Joins that had been routed when the poll began.</summary>
    public long JoinsBefore { get; internal set; }
}
