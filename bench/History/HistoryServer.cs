using System.Security.Cryptography;
using System.Text;
using Scalelite.Domain.Meetings;
using Scalelite.Domain.Placement;
using Scalelite.Domain.Polling;
using Scalelite.Domain.Servers;

namespace Scalelite.Bench.History;

/// <summary>A server of the generated pool.</summary>
internal sealed class HistoryServer(string id, string? tag)
{
    public string Id { get; } = id;

    public string? Tag { get; } = tag;

    public string Url { get; } = $"https://{id}/bigbluebutton/api";

    public string Fingerprint { get; } = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(id)))[..32];

    public DateTimeOffset EnabledAt { get; set; }

    public DateTimeOffset? OfflineSince { get; set; }

    public AdministrativeState State { get; set; } = AdministrativeState.Enabled;

    public Health Health { get; set; } = Health.Online;

    /// <summary>It does not answer before then.</summary>
    public DateTimeOffset DownUntil { get; set; }

    public long Round { get; set; }

    public int Successes { get; set; }

    public int Failures { get; set; }

    public DateTimeOffset? AnsweredAt { get; set; }

    public ServerPolled? LastPoll { get; set; }

    /// <summary>Meetings that we hold to be there.</summary>
    public List<HistoryMeeting> Meetings { get; } = [];

    public bool TakesMeetings => State == AdministrativeState.Enabled && Health == Health.Online && Failures == 0;

    /// <summary>Its load as <c>pool_load.sql</c> has it.</summary>
    public ServerLoad Load(DateTimeOffset now, int minimumUsers)
    {
        var (seen, unseen, scaleliteSeen, scaleliteSince) = (0L, 0L, 0L, 0L);
        foreach (var meeting in Meetings)
        {
            var joins = meeting.JoinedBy(now);
            if (meeting.SeenAt is { } seenAt)
            {
                var users = meeting.SeenUsers + (joins - meeting.JoinedBy(seenAt));
                var young = now - meeting.PlacedAt < TimeSpan.FromMinutes(15);
                seen += young ? Math.Max(minimumUsers, users) : users;
                scaleliteSeen += young ? Math.Max(minimumUsers, meeting.SeenUsers + 1) : meeting.SeenUsers + 1;
                scaleliteSince += joins - meeting.JoinedBy(seenAt);
            }
            else
            {
                unseen += Math.Max(minimumUsers, joins);
                scaleliteSince += 1 + joins;
            }
        }

        return new ServerLoad(Id, Tag, 1, Meetings.Count, seen, unseen, scaleliteSeen, scaleliteSince, AnsweredAt);
    }
}

/// <summary>A run of a meeting in the generated history.</summary>
internal sealed class HistoryMeeting(Guid instance, string tenantId, string meetingId, string name, bool record, DateTimeOffset placedAt, TimeSpan length, DateTimeOffset[] joins)
{
    private readonly List<int> _samples = [];

    public Guid Instance { get; } = instance;

    public string TenantId { get; } = tenantId;

    public string MeetingId { get; } = meetingId;

    public string Name { get; } = name;

    public bool Record { get; } = record;

    public DateTimeOffset PlacedAt { get; } = placedAt;

    public DateTimeOffset EndsAt { get; } = placedAt + length;

    public DateTimeOffset[] Joins { get; } = joins;

    public string RequestId { get; set; } = "";

    public string VoiceBridge { get; set; } = "";

    public Dictionary<string, string> Metadata { get; set; } = [];

    public HistoryServer Server { get; set; } = null!;

    public string? InternalId { get; set; }

    public long? CreateTime { get; set; }

    public List<long> CreateTimes { get; } = [];

    public List<string> InternalIds { get; } = [];

    public DateTimeOffset? StartedAt { get; set; }

    public int Moves { get; set; }

    /// <summary>Its node calls us at the end.</summary>
    public bool EndRelayed { get; set; }

    public DateTimeOffset? EndCalledAt { get; set; }

    /// <summary>How its end will be learned.</summary>
    public EndLearned How { get; set; }

    /// <summary>When the poll began that showed it last.</summary>
    public DateTimeOffset? SeenAt { get; set; }

    public int SeenUsers { get; private set; }

    /// <summary>Polls in a row without it.</summary>
    public int Missed { get; set; }

    public MeetingCurve Curve => MeetingCurve.Of(_samples);

    public int JoinedBy(DateTimeOffset at)
    {
        var found = Array.BinarySearch(Joins, at);
        if (found < 0) return ~found;
        while (found + 1 < Joins.Length && Joins[found + 1] == at) found++;
        return found + 1;
    }

    /// <summary>A poll sees it: those who came, and in the last two minutes those who have not left yet.</summary>
    public PolledMeeting SeenBy(DateTimeOffset at)
    {
        var joined = JoinedBy(at);
        var left = EndsAt - at < TimeSpan.FromMinutes(2) ? (int)(joined * (1 - Math.Max(0, (EndsAt - at).TotalMinutes / 2))) : 0;
        (SeenAt, SeenUsers) = (at, joined - left);
        _samples.Add(SeenUsers);
        return new PolledMeeting(
            MeetingId, InternalId!, CreateTime!.Value, SeenUsers, Math.Min(1, SeenUsers), SeenUsers * 3 / 4, SeenUsers / 3, Record, false, null, Instance, joined);
    }
}
