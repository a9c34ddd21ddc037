using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Scalelite.Domain;
using Scalelite.Domain.Joins;
using Scalelite.Domain.Meetings;
using Scalelite.Domain.Placement;
using Scalelite.Domain.Polling;
using Scalelite.Domain.Servers;

namespace Scalelite.Bench.History;

/// <summary>
/// A pool's days, event by event in order of time: placed by the code that places live, polled once a minute, with servers that fail and drain.
/// The same in every run but for the days, which end today.
/// </summary>
internal sealed class PoolYear
{
    private const int MinimumUsers = 15;

    // Of a day: a poll a minute, and what a meeting leaves. Measured; only where the days begin depends on it.
    private const double EventsOfServerAndDay = 2_380;
    private const int MeetingsOfServerAndDay = 100;

    private static readonly TimeSpan PollInterval = TimeSpan.FromMinutes(1);
    private static readonly PlacementSettings Settings = new(PlacementPolicies.ByName(PlacementPolicies.Default)!, MinimumUsers);

    private readonly LogCopy _log;
    private readonly HistoryTables _tables;
    private readonly Random _random;
    private readonly School _school;
    private readonly Afterwards _afterwards;
    private readonly PriorityQueue<Due, (long Ticks, long Order)> _due = new();
    private readonly Dictionary<long, List<HistoryMeeting>> _joins = [];
    private readonly List<HistoryServer> _servers = [];
    private readonly List<string> _tenants = [];
    private readonly Guid[] _processes;
    private readonly long _events;
    private long _order;
    private long _placements;
    private DateTimeOffset _now;

    public PoolYear(LogCopy log, HistoryTables tables, Random random, long events, int servers, DateTimeOffset today)
    {
        (_log, _tables, _random, _events) = (log, tables, random, events);
        _school = new School(random);
        _now = today.AddDays(-Math.Ceiling(events / (EventsOfServerAndDay * servers)));
        Began = _now;
        _processes = [log.NewId(_now), log.NewId(_now)];
        _afterwards = new Afterwards(log, tables, random, At);
        for (var n = 1; n <= servers; n++) _servers.Add(new HistoryServer($"node-{n:000}.example.org", n % 12 == 0 ? "gpu" : null));
    }

    /// <summary>When the first event was.</summary>
    public DateTimeOffset Began { get; }

    /// <summary>When the last event was.</summary>
    public DateTimeOffset Ended => _now;

    /// <summary>How many meetings were placed.</summary>
    public long Placements => _placements;

    /// <summary>The servers, with what is on them at the end.</summary>
    public IReadOnlyList<HistoryServer> Servers => _servers;

    /// <summary>The tenants, each with one setting.</summary>
    public IReadOnlyList<(string Id, string Name, string Fingerprint, string SettingId, DateTimeOffset At)> Tenants => _afterwards.Tenants;

    /// <summary>Runs until the log has as many events as were asked for.</summary>
    public void Run()
    {
        SetUp();
        while (_log.Number < _events && _due.TryDequeue(out var due, out var at))
        {
            _now = new DateTimeOffset(at.Ticks, TimeSpan.Zero);
            due.Happens();
        }

        foreach (var meeting in _servers.SelectMany(server => server.Meetings)) Write(meeting, meeting.InternalId is null ? "placing" : "live", null, null);
        _afterwards.Complete();
    }

    private void SetUp()
    {
        for (var n = 1; n <= 20; n++) _tenants.Add(_afterwards.AddTenant(n, _now));
        foreach (var server in _servers)
        {
            var registered = new ServerRegistered(server.Id, server.Url, server.Fingerprint, 1, server.Tag, _now);
            var summary = $"registered at {server.Url}, load multiplier 1, {(server.Tag is { } tag ? $"tagged {tag}" : "untagged")}";
            _afterwards.Change(Streams.Server(server.Id), registered, "server", server.Id, summary, _now, "servers add");
            server.EnabledAt = _now;
            _afterwards.Change(Streams.Server(server.Id), new ServerEnabled(server.Id, _now), "server", server.Id, "enabled", _now, "servers enable");
            _log.Append(Streams.Server(server.Id), new ServerCameOnline(server.Id, _now), _now, "worker");
            At(_now + (PollInterval * _random.NextDouble()), () => Poll(server));
            At(_now + TimeSpan.FromDays(_random.NextDouble() * 20), () => Fail(server));
        }

        At(_now, Day);
    }

    private void Day()
    {
        foreach (var at in _school.Arrivals(_now, MeetingsOfServerAndDay * _servers.Count)) At(at, Create);
        // At night a node is drained and comes back.
        var drained = _servers[_random.Next(_servers.Count)];
        At(_now.AddHours(2), () => Drain(drained));
        At(_now.AddDays(1), Day);
    }

    private void Create()
    {
        var tenant = _tenants[_random.Next(_tenants.Count)];
        var room = _random.Next(4000);
        var length = _school.Length();
        var meeting = new HistoryMeeting(
            _log.NewId(_now), tenant, $"course-{room}-{_now:MMddHHmm}-{_order}", $"Course {room}", _random.Next(8) == 0, _now, length, _school.Joins(_now.AddSeconds(1), length))
        {
            RequestId = _log.NewId(_now).ToString("N"),
            VoiceBridge = _random.Next(100_000_000, 1_000_000_000).ToString(CultureInfo.InvariantCulture),
            Metadata = new Dictionary<string, string> { ["bbb-origin"] = "Moodle", ["bbb-context"] = $"Course {room}", ["bbb-recording-name"] = $"Course {room}" },
            How = _random.Next(10) switch { < 6 => EndLearned.Polls, < 8 => EndLearned.EndCall, _ => EndLearned.Callback },
        };
        meeting.EndRelayed = meeting.How == EndLearned.Callback;
        Place(meeting, 1, []);
    }

    private void Place(HistoryMeeting meeting, int attempt, HashSet<string> tried)
    {
        var tag = _placements % 50 == 0 ? TagRequest.Parse("gpu") : TagRequest.Untagged;
        if (Choose(meeting, tag, attempt, tried) is not { } chosen) return;
        var (server, why) = chosen;
        _log.Append(
            Streams.Meeting(meeting.Instance),
            new MeetingPlaced(
                meeting.Instance, meeting.TenantId, meeting.MeetingId, server.Id, meeting.Name, meeting.VoiceBridge, meeting.Record, meeting.Metadata, why, meeting.PlacedAt.AddSeconds(25),
                _now, meeting.RequestId, EndRelayed: meeting.EndRelayed),
            _now, "bbb-api", meeting.RequestId);
        _placements++;
        meeting.Server = server;
        server.Meetings.Add(meeting);
        var answer = _now.AddMilliseconds(40 + _random.Next(300));
        var placedAt = _now;
        At(answer, () => Answer(meeting, placedAt, why, attempt, tried));
    }

    private (HistoryServer Server, PlacementReason Why)? Choose(HistoryMeeting meeting, TagRequest tag, int attempt, HashSet<string> tried)
    {
        var loads = _servers.Where(server => server.TakesMeetings).Select(server => server.Load(_now, MinimumUsers)).ToList();
        var outcome = Placing.Decide(Settings, loads, new PlacementRequest(meeting.MeetingId, tag, attempt, Tried: tried), new PlacementTurn(_placements, 1), _now);
        return outcome is PlacementOutcome.Placed placed ? (_servers.Single(server => server.Id == placed.Server.ServerId), placed.Why) : null;
    }

    private void Answer(HistoryMeeting meeting, DateTimeOffset placedAt, PlacementReason why, int attempt, HashSet<string> tried)
    {
        var (server, elapsed) = (meeting.Server, (int)(_now - placedAt).TotalMilliseconds);
        if (_random.Next(200) == 0 && attempt < 3)
        {
            _log.Append(Streams.Meeting(meeting.Instance), new PlacementFailed(meeting.Instance, server.Id, PlacementFailure.NotTaken, "Connection refused", elapsed, _now), _now, "bbb-api", meeting.RequestId);
            _tables.Placed(meeting.Instance, placedAt, server.Id, why, false, "not_taken", "Connection refused", elapsed);
            server.Meetings.Remove(meeting);
            tried.Add(server.Id);
            Place(meeting, attempt + 1, tried);
            return;
        }

        Start(meeting, elapsed);
        _tables.Placed(meeting.Instance, placedAt, server.Id, why, false, "started", null, elapsed);
        At(meeting.EndsAt, () => Over(meeting));
        foreach (var join in meeting.Joins) Join(meeting, join);
    }

    private void Start(HistoryMeeting meeting, int elapsed)
    {
        meeting.CreateTime = _now.ToUnixTimeMilliseconds();
        meeting.InternalId = $"{Convert.ToHexStringLower(SHA1Of(meeting.MeetingId))}-{meeting.CreateTime}";
        meeting.InternalIds.Add(meeting.InternalId);
        meeting.CreateTimes.Add(meeting.CreateTime.Value);
        meeting.StartedAt ??= _now;
        _tables.Write("meeting_internal_id", meeting.InternalId, meeting.Instance, meeting.Server.Id);
        _log.Append(
            Streams.Meeting(meeting.Instance),
            new MeetingStarted(meeting.Instance, meeting.Server.Id, meeting.InternalId, meeting.CreateTime.Value, meeting.VoiceBridge, false, null, elapsed, _now), _now, "bbb-api", meeting.RequestId);
    }

    private void Join(HistoryMeeting meeting, DateTimeOffset at)
    {
        // A process writes its joins once a second.
        var second = (Math.Max(at.UtcTicks, _now.UtcTicks) / TimeSpan.TicksPerSecond) + 1;
        if (!_joins.TryGetValue(second, out var waiting))
        {
            _joins[second] = waiting = [];
            At(new DateTimeOffset(second * TimeSpan.TicksPerSecond, TimeSpan.Zero), () => Flush(second));
        }

        waiting.Add(meeting);
    }

    private void Flush(long second)
    {
        _joins.Remove(second, out var waiting);
        var live = waiting!.Where(meeting => meeting.Server.Meetings.Contains(meeting));
        foreach (var process in live.GroupBy(_ => _processes[_random.Next(_processes.Length)]))
        {
            RoutedJoins[] joins = [.. process.GroupBy(meeting => meeting).Select(group => new RoutedJoins(group.Key.Instance, group.Key.Server.Id, group.Count()))];
            _log.Append(Streams.Joins(process.Key, _now), new JoinsRouted(_now.AddSeconds(-1), _now, joins), _now, "router");
            foreach (var join in joins) _tables.Joined(join.Instance, join.ServerId, process.Key, _now, join.Count);
        }
    }

    /// <summary>It is over on its node; that we hear of it at once, or by the polls.</summary>
    private void Over(HistoryMeeting meeting)
    {
        if (meeting.How == EndLearned.Polls || !meeting.Server.Meetings.Contains(meeting)) return;
        if (meeting.EndRelayed)
        {
            meeting.EndCalledAt = _now;
            _log.Append(Streams.Meeting(meeting.Instance), new MeetingEndCalled(meeting.Instance, meeting.Server.Id, meeting.Record, _now), _now, $"node:{meeting.Server.Id}");
        }

        End(meeting, _now);
    }

    private void End(HistoryMeeting meeting, DateTimeOffset endedAt)
    {
        var curve = meeting.Curve;
        meeting.Server.Meetings.Remove(meeting);
        _log.Append(
            Streams.Meeting(meeting.Instance), new MeetingEnded(meeting.Instance, meeting.Server.Id, meeting.How, endedAt, curve.Peak, curve.Mean, curve.Points, _now), _now,
            meeting.How == EndLearned.EndCall ? "bbb-api" : "worker", meeting.How == EndLearned.EndCall ? _log.NewId(_now).ToString("N") : null);
        if (meeting.EndRelayed)
            _log.Append(Streams.Meeting(meeting.Instance), new MeetingEndTold(meeting.Instance, meeting.EndCalledAt is not null, false, _now), _now, "worker");
        Write(meeting, "ended", endedAt, curve);
        if (meeting.Record) _afterwards.Recorded(meeting, endedAt);
    }

    private void Write(HistoryMeeting meeting, string state, DateTimeOffset? endedAt, MeetingCurve? curve) => _tables.Write(
        "meeting_instance", meeting.Instance, meeting.TenantId, meeting.MeetingId, meeting.Server.Id, state, meeting.InternalId, meeting.CreateTime, meeting.CreateTimes.ToArray(),
        meeting.Name, meeting.VoiceBridge, meeting.Record, System.Text.Json.JsonSerializer.Serialize(meeting.Metadata), meeting.PlacedAt, meeting.StartedAt, endedAt,
        state == "ended" ? meeting.How.ToString() : null, meeting.Moves, curve?.Peak, curve?.Mean, meeting.EndRelayed, meeting.EndCalledAt);

    private void Poll(HistoryServer server)
    {
        server.Round++;
        var next = _now + PollInterval;
        if (_now < server.DownUntil) PollFails(server, next);
        else PollAnswers(server, next);
        At(next, () => Poll(server));
        if (server == _servers[0]) _tables.Over(_now);
    }

    private void PollAnswers(HistoryServer server, DateTimeOffset next)
    {
        (server.Failures, server.Successes) = (0, server.Successes + 1);
        var there = server.Meetings.Where(meeting => meeting.InternalId is not null && meeting.EndsAt > _now).Select(meeting => meeting.SeenBy(_now)).ToList();
        var missing = server.Meetings.Where(meeting => meeting.InternalId is not null && meeting.EndsAt <= _now).ToList();
        var load = server.Meetings.Where(meeting => meeting.SeenAt == _now)
            .Sum(meeting => _now - meeting.PlacedAt < TimeSpan.FromMinutes(15) ? (long)Math.Max(MinimumUsers, meeting.SeenUsers) : meeting.SeenUsers);
        var polled = new ServerPolled(server.Id, server.Round, _now, 20 + _random.Next(60), server.Successes, there, [.. missing.Select(meeting => meeting.Instance)], next, load);
        (server.AnsweredAt, server.LastPoll) = (_now, polled);
        _log.Append(Streams.Polls(server.Id, _now), polled, _now, "worker");
        _tables.Polled(polled);
        if (server.Health != Health.Online && server.Successes >= (server.Health == Health.Suspect ? 1 : 2))
        {
            (server.Health, server.OfflineSince) = (Health.Online, null);
            _log.Append(Streams.Server(server.Id), new ServerCameOnline(server.Id, _now), _now, "worker");
        }

        foreach (var meeting in missing)
        {
            meeting.How = EndLearned.Polls;
            if (++meeting.Missed >= 2) End(meeting, meeting.EndsAt);
        }
    }

    private void PollFails(HistoryServer server, DateTimeOffset next)
    {
        (server.Failures, server.Successes) = (server.Failures + 1, 0);
        var failed = new ServerPollFailed(server.Id, server.Round, _now, 10_000, server.Failures, "No answer within 10 s", next);
        _log.Append(Streams.Polls(server.Id, _now), failed, _now, "worker");
        _tables.PollFailed(failed);
        object? health = server.Failures switch
        {
            1 => new ServerSuspected(server.Id, failed.Reason, _now),
            2 => new ServerWentOffline(server.Id, failed.Reason, _now),
            _ => null,
        };
        if (health is ServerWentOffline) server.OfflineSince = _now;
        if (health is not null) _log.Append(Streams.Server(server.Id), health, _now, "worker");
        server.Health = server.Failures >= 2 ? Health.Offline : Health.Suspect;
        // People click again: their meetings move.
        if (server.Failures == 3) foreach (var meeting in server.Meetings.Where(m => m.InternalId is not null && m.EndsAt > _now.AddMinutes(5)).ToList()) Move(meeting);
    }

    private void Move(HistoryMeeting meeting)
    {
        if (Choose(meeting, TagRequest.Untagged, 1, [meeting.Server.Id]) is not { } chosen) return;
        var (from, left) = (meeting.Server, meeting.InternalId);
        from.Meetings.Remove(meeting);
        meeting.Server = chosen.Server;
        meeting.Server.Meetings.Add(meeting);
        (meeting.SeenAt, meeting.InternalId, meeting.Moves) = (null, null, meeting.Moves + 1);
        _log.Append(
            Streams.Meeting(meeting.Instance), new MeetingMoved(meeting.Instance, from.Id, left, chosen.Server.Id, null, null, false, chosen.Why, _now.AddSeconds(25), _now), _now, "bbb-api",
            _log.NewId(_now).ToString("N"));
        var movedAt = _now;
        At(_now.AddMilliseconds(150), () =>
        {
            Start(meeting, 150);
            _tables.Placed(meeting.Instance, movedAt, meeting.Server.Id, chosen.Why, true, "started", null, 150);
        });
        At(_now.AddMinutes(5), () =>
            _log.Append(Streams.Meeting(meeting.Instance), new MeetingCopyGone(meeting.Instance, from.Id, "not found", _now), _now, "worker"));
    }

    private void Fail(HistoryServer server)
    {
        server.DownUntil = _now.AddMinutes(2 + (_random.NextDouble() * 8));
        At(_now + TimeSpan.FromDays(5 + (_random.NextDouble() * 30)), () => Fail(server));
    }

    private void Drain(HistoryServer server)
    {
        if (server.State != AdministrativeState.Enabled || server.Meetings.Count > 0) return;
        server.State = AdministrativeState.Disabled;
        _afterwards.Change(Streams.Server(server.Id), new ServerCordoned(server.Id, _now), "server", server.Id, "cordoned", _now, "servers cordon", "updates");
        _log.Append(Streams.Server(server.Id), new ServerDrained(server.Id, _now), _now, "worker");
        At(_now.AddHours(1), () =>
        {
            (server.State, server.EnabledAt) = (AdministrativeState.Enabled, _now);
            _afterwards.Change(Streams.Server(server.Id), new ServerEnabled(server.Id, _now), "server", server.Id, "enabled", _now, "servers enable");
        });
    }

    private void At(DateTimeOffset at, Action happens) => _due.Enqueue(new Due(happens), (Math.Max(at.UtcTicks, _now.UtcTicks), _order++));

    // The node's own way to make an internalMeetingID.
#pragma warning disable CA5350
    private static byte[] SHA1Of(string text) => SHA1.HashData(Encoding.UTF8.GetBytes(text));
#pragma warning restore CA5350

    private readonly record struct Due(Action Happens);
}
