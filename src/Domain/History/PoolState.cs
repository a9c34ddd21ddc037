using Scalelite.Domain.Joins;
using Scalelite.Domain.Meetings;
using Scalelite.Domain.Placement;
using Scalelite.Domain.Polling;
using Scalelite.Domain.Servers;

namespace Scalelite.Domain.History;

/// <summary>
/// The pool at a moment, folded from events in order of the log: the same servers, meetings and loads as the read models had then. It changes
/// with each event that is applied; <see cref="PoolStateFormat"/> makes a copy. Not for several threads at once.
/// </summary>
public sealed class PoolState
{
    private static readonly Dictionary<string, PastMeeting> None = [];

    private readonly Dictionary<string, PastServer> _servers = new(StringComparer.Ordinal);
    private readonly Dictionary<Guid, PastMeeting> _meetings = [];
    private readonly Dictionary<string, Dictionary<string, PastMeeting>> _onServer = new(StringComparer.Ordinal);
    private readonly Dictionary<(Guid Instance, string ServerId), PastCopy> _copies = [];

    /// <summary>The servers, by id.</summary>
    public IReadOnlyDictionary<string, PastServer> Servers => _servers;

    /// <summary>Live meetings and those being placed, by instance.</summary>
    public IReadOnlyDictionary<Guid, PastMeeting> Meetings => _meetings;

    /// <summary>Copies that are left on other servers.</summary>
    public IReadOnlyCollection<PastCopy> Copies => _copies.Values;

    /// <summary>The servers in order of registration.</summary>
    public IReadOnlyList<PastServer> ServersInOrder =>
        [.. _servers.Values.OrderBy(server => server.RegisteredAt).ThenBy(server => server.Id, StringComparer.Ordinal)];

    /// <summary>The meetings of a server, by meetingID.</summary>
    public IReadOnlyDictionary<string, PastMeeting> MeetingsOn(string serverId) => _onServer.GetValueOrDefault(serverId, None);

    /// <summary>The load of every server, in order of registration.</summary>
    /// <param name="minimumUsers">LOAD_MIN_USER_COUNT.</param>
    /// <param name="youngSince">The moment less LOAD_JOIN_BUFFER_TIME.</param>
    public IReadOnlyList<ServerLoad> Loads(int minimumUsers, DateTimeOffset youngSince) =>
        [.. ServersInOrder.Select(server => LoadOf(server, minimumUsers, youngSince))];

    /// <summary>
    /// The load of a server before its multiplier, as <c>pool_load.sql</c> computes it: what is "seen" is decided by content, the answer names this
    /// run of the meeting.
    /// </summary>
    /// <param name="minimumUsers">LOAD_MIN_USER_COUNT.</param>
    /// <param name="youngSince">The moment less LOAD_JOIN_BUFFER_TIME.</param>
    public ServerLoad LoadOf(PastServer server, int minimumUsers, DateTimeOffset youngSince)
    {
        youngSince = Micros.Of(youngSince);
        var here = _onServer.GetValueOrDefault(server.Id, None);
        var (meetings, seen, unseen, scaleliteSeen, scaleliteSince) = (0, 0L, 0L, 0L, 0L);
        HashSet<Guid>? shown = null;
        foreach (var p in server.Seen)
        {
            if (p.Round != server.AnsweredRound) continue;
            var known = here.TryGetValue(p.MeetingId, out var m) && IsRun(p, m) ? m : null;
            if (known is not null) (shown ??= []).Add(known.Instance);
            var routed = known is null ? 0 : Math.Max(0, known.Joins - p.JoinsBefore);
            var young = (known?.PlacedAt ?? DateTimeOffset.FromUnixTimeMilliseconds(p.CreateTime)) > youngSince;
            meetings++;
            seen += young ? Math.Max(minimumUsers, p.Users + routed) : p.Users + routed;
            scaleliteSeen += young ? Math.Max(minimumUsers, p.Users + p.Moderators) : p.Users + p.Moderators;
            scaleliteSince += routed;
        }

        foreach (var m in here.Values)
        {
            if (shown is not null && shown.Contains(m.Instance)) continue;
            meetings++;
            unseen += Math.Max(minimumUsers, m.Joins);
            scaleliteSince += 1 + m.Joins;
        }

        return new ServerLoad(server.Id, server.Tag, server.Multiplier, meetings, seen, unseen, scaleliteSeen, scaleliteSince, server.AnsweredAt);
    }

    /// <summary>What the meeting's server said last of its size; null if it has not named it yet.</summary>
    public int? UsersOf(PastMeeting meeting) =>
        meeting.InternalMeetingId is { } id && _servers.TryGetValue(meeting.ServerId, out var server) ? server.Find(id)?.Users : null;

    /// <summary>Applies the next event; those that say nothing of the pool change nothing.</summary>
    public void Apply(object @event)
    {
        switch (@event)
        {
            case ServerPolled e:
                _servers.GetValueOrDefault(e.ServerId)?.Apply(e);
                break;
            case ServerPollFailed e:
                _servers.GetValueOrDefault(e.ServerId)?.Apply(e);
                break;
            case JoinsRouted e:
                foreach (var routed in e.Joins) Joined(routed);
                break;
            case MeetingPlaced e:
                Place(new PastMeeting(e.Instance, e.TenantId, e.MeetingId, e.ServerId, Micros.Of(e.At)) { Placing = true, VoiceBridge = e.VoiceBridge });
                break;
            case MeetingStarted e:
                Started(e);
                break;
            case PlacementFailed e:
                Failed(e);
                break;
            case MeetingAdopted e:
                Place(new PastMeeting(e.Instance, e.TenantId, e.MeetingId, e.ServerId, DateTimeOffset.FromUnixTimeMilliseconds(e.CreateTime))
                {
                    InternalMeetingId = e.InternalMeetingId,
                    VoiceBridge = e.VoiceBridge,
                });
                break;
            case MeetingMoved e:
                Moved(e);
                break;
            case MeetingCopyGone e:
                _copies.Remove((e.Instance, e.ServerId));
                break;
            case MeetingEnded e:
                Ended(e);
                break;
            default:
                ApplyToServer(@event);
                break;
        }
    }

    internal void Add(PastServer server) => _servers[server.Id] = server;

    internal void Add(PastMeeting meeting)
    {
        _meetings[meeting.Instance] = meeting;
        PutOn(meeting.ServerId, meeting);
    }

    internal void Add(PastCopy copy) => _copies[(copy.Instance, copy.ServerId)] = copy;

    private static bool IsRun(SeenMeeting seen, PastMeeting meeting) => meeting.InternalMeetingId is { } id
        ? seen.InternalMeetingId == id
        : seen.Instance is null || seen.Instance == meeting.Instance;

    private void ApplyToServer(object @event)
    {
        switch (@event)
        {
            case ServerRegistered e:
                Add(new PastServer(e.ServerId, Micros.Of(e.At)) { Url = e.Url, SecretFingerprint = e.SecretFingerprint, Multiplier = e.LoadMultiplier, Tag = e.Tag });
                break;
            case ServerEnabled e:
                Change(e.ServerId, server => server.State = AdministrativeState.Enabled);
                break;
            case ServerCordoned e:
                Change(e.ServerId, server => server.State = AdministrativeState.Cordoned);
                break;
            case ServerDrained e:
                Change(e.ServerId, server => server.State = AdministrativeState.Disabled);
                break;
            case ServerDisabled e:
                Change(e.ServerId, server => server.State = AdministrativeState.Disabled);
                break;
            case ServerPanicked { KeepState: false } e:
                Change(e.ServerId, server => server.State = AdministrativeState.Disabled);
                break;
            case ServerRemoved e:
                _servers.Remove(e.ServerId);
                break;
            case ServerUrlChanged e:
                Change(e.ServerId, server => server.Url = e.Url);
                break;
            case ServerTagged e:
                Change(e.ServerId, server => server.Tag = e.Tag);
                break;
            case LoadMultiplierChanged e:
                Change(e.ServerId, server => server.Multiplier = e.LoadMultiplier);
                break;
            case ServerCapacityChanged e:
                Change(e.ServerId, server => server.Capacity = e.Users);
                break;
            case SecretRotated e:
                Change(e.ServerId, server => server.SecretFingerprint = e.SecretFingerprint);
                break;
            case ServerSuspected e:
                Change(e.ServerId, server => server.Health = Health.Suspect);
                break;
            case ServerWentOffline e:
                Change(e.ServerId, server => (server.Health, server.OfflineSince) = (Health.Offline, Micros.Of(e.At)));
                break;
            case ServerCameOnline e:
                Change(e.ServerId, server => (server.Health, server.OfflineSince) = (Health.Online, null));
                break;
            case ServerVersionSeen e:
                Change(e.ServerId, server => server.Version = e.Version);
                break;
        }
    }

    private void Change(string serverId, Action<PastServer> change)
    {
        if (_servers.TryGetValue(serverId, out var server)) change(server);
    }

    private void Place(PastMeeting meeting)
    {
        // A row of meeting_joins that is there already stays as it is.
        (meeting.Joins, meeting.JoinServers) = _meetings.TryGetValue(meeting.Instance, out var before) && before.JoinServers is not null
            ? (before.Joins, before.JoinServers)
            : (0, [meeting.ServerId]);
        if (before is not null) TakeOff(before);
        Add(meeting);
        foreach (var copy in _copies.Values)
            if (copy.ServerId == meeting.ServerId && copy.MeetingId == meeting.MeetingId)
                _copies.Remove((copy.Instance, copy.ServerId));
    }

    private void Started(MeetingStarted e)
    {
        if (!_meetings.TryGetValue(e.Instance, out var meeting)) return;
        meeting.VoiceBridge = e.VoiceBridge ?? meeting.VoiceBridge;
        if (meeting.ServerId == e.ServerId) (meeting.Placing, meeting.InternalMeetingId) = (false, e.InternalMeetingId);
    }

    private void Failed(PlacementFailed e)
    {
        if (!_meetings.TryGetValue(e.Instance, out var meeting)) return;
        (meeting.Joins, meeting.JoinServers) = (0, null);
        if (meeting.ServerId == e.ServerId) Remove(meeting);
        if (e.Failure is PlacementFailure.Uncertain or PlacementFailure.Abandoned)
            Add(new PastCopy(e.Instance, e.ServerId, meeting.MeetingId, null, e.Failure.ToString(), Micros.Of(e.At)));
    }

    private void Moved(MeetingMoved e)
    {
        if (!_meetings.TryGetValue(e.Instance, out var meeting)) return;
        TakeOff(meeting);
        (meeting.ServerId, meeting.Placing, meeting.InternalMeetingId) = (e.ToServerId, !e.Back, e.InternalMeetingId);
        PutOn(e.ToServerId, meeting);
        if (meeting.JoinServers is { } servers && !servers.Contains(e.ToServerId)) meeting.JoinServers = [.. servers, e.ToServerId];
        _copies.Remove((e.Instance, e.ToServerId));
        Add(new PastCopy(e.Instance, e.FromServerId, meeting.MeetingId, e.LeftInternalMeetingId, e.Back ? "MovedBack" : "Moved", Micros.Of(e.At)));
    }

    private void Ended(MeetingEnded e)
    {
        if (!_meetings.TryGetValue(e.Instance, out var meeting)) return;
        Remove(meeting);
        if (e.How == EndLearned.PlacedAnew) Add(new PastCopy(e.Instance, e.ServerId, meeting.MeetingId, null, "PlacedAnew", Micros.Of(e.At)));
    }

    private void Joined(RoutedJoins routed)
    {
        if (_meetings.TryGetValue(routed.Instance, out var meeting) && meeting.JoinServers is { } servers && servers.Contains(routed.ServerId))
            meeting.Joins += routed.Count;
    }

    private void Remove(PastMeeting meeting)
    {
        _meetings.Remove(meeting.Instance);
        TakeOff(meeting);
    }

    private void PutOn(string serverId, PastMeeting meeting)
    {
        if (!_onServer.TryGetValue(serverId, out var here)) _onServer[serverId] = here = new(StringComparer.Ordinal);
        here[meeting.MeetingId] = meeting;
    }

    private void TakeOff(PastMeeting meeting)
    {
        if (!_onServer.TryGetValue(meeting.ServerId, out var here)) return;
        if (here.TryGetValue(meeting.MeetingId, out var there) && there.Instance == meeting.Instance) here.Remove(meeting.MeetingId);
        if (here.Count == 0) _onServer.Remove(meeting.ServerId);
    }
}
