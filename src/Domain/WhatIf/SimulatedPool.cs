using Scalelite.Domain.Imbalance;
using Scalelite.Domain.Placement;
using Scalelite.Domain.Servers;

namespace Scalelite.Domain.WhatIf;

/// <summary>
/// The pool of one side. What happens comes in order of time; loads are worked out when a meeting is placed, and only those of
/// servers on which something has changed since the last one.
/// </summary>
internal sealed partial class SimulatedPool
{
    private static readonly TimeSpan WatchedAfterReturn = TimeSpan.FromMinutes(10);

    private readonly Side side;
    private readonly ImbalanceMeter meter;
    private readonly ulong seed;
    private readonly Dictionary<string, SimulatedServer> servers = new(StringComparer.Ordinal);
    private readonly PriorityQueue<SimulatedServer, long> changes = new();
    private readonly PriorityQueue<Action<long>, (long At, long Number)> due = new();
    private readonly LiveMeetings live = new();
    private readonly List<SimulatedMeeting> over = [];
    private readonly List<ReturnedNode> returned = [];
    private PlacementRound? round;
    private SimulatedServer[] inRound = [];
    private long turn;
    private long dueNumber;
    private ServerSample[] samples = [];

    public SimulatedPool(Side side, ImbalanceMeter meter, ulong seed, long from)
    {
        (this.side, this.meter, this.seed) = (side, meter, seed);
        foreach (var added in side.Added)
        {
            var server = Register(added.ServerId, added.Tag, added.LoadMultiplier);
            server.State = AdministrativeState.Enabled;
            server.Turn(Health.Online, from);
        }
    }

    /// <summary>Meetings that no server was there for.</summary>
    public int Refused { get; private set; }

    /// <summary>Placements, those of meetings that moved included.</summary>
    public int Placed { get; private set; }

    /// <summary>Found meetings that have no server on this side.</summary>
    public int LeftOut { get; private set; }

    public IReadOnlyList<ReturnedNode> Returned => returned;

    public IReadOnlyCollection<SimulatedServer> Servers => servers.Values;

    /// <summary>How many things are kept: live meetings, and what is to come.</summary>
    public int Kept => live.Count + changes.Count + due.Count;

    /// <summary>Where a live meeting is; null where it is over, or was refused.</summary>
    public string? ServerOf(Guid run) => live.Of(run)?.Server?.Id;

    /// <summary>Goes on to a moment, and does what happens there.</summary>
    public void Happen(Happening happening)
    {
        var at = happening.At.ToUnixTimeMilliseconds();
        DoDue(at);
        switch (happening)
        {
            case MeetingArrived arrived:
                Arrive(arrived, at);
                break;
            case MeetingFound found:
                Find(found, at);
                break;
            case MeetingWentOver moved:
                GoOver(moved, at);
                break;
            case ServerHappened { Event: var @event }:
                Change(@event, at);
                break;
            case NodeCrashed crashed:
                Crash(crashed, at);
                break;
        }
    }

    /// <summary>Goes on to a moment, and lets the meter see the users there.</summary>
    public void Sample(DateTimeOffset moment)
    {
        var at = moment.ToUnixTimeMilliseconds();
        DoDue(at);
        Weigh(at);
        if (samples.Length < servers.Count)
            samples = new ServerSample[servers.Count * 2];
        var count = 0;
        foreach (var server in servers.Values)
        {
            if (!server.TakesMeetings)
                continue;
            var (users, largest) = server.UsersAt(at);
            samples[count++] = new ServerSample(server.Id, (double)(users * server.Multiplier), largest);
        }

        meter.Sample(moment, samples.AsSpan(0, count));
    }

    /// <summary>The loads as a placement at this moment would see them.</summary>
    public IEnumerable<ServerLoad> LoadsAt(long at)
    {
        Weigh(at);
        return servers.Values.Select(server => server.LoadAt(at));
    }

    private void Arrive(MeetingArrived arrived, long at)
    {
        SimulatedServer? server;
        MeteredPlacement placed;
        if (side.Policy is null)
        {
            var was = arrived.Was!;
            server = servers.GetValueOrDefault(was.ServerId);
            placed = new(arrived.At, was.ServerId, was.PollAge, was.Candidates, arrived.Tag.Text);
        }
        else
        {
            server = Choose(arrived.MeetingId, arrived.TenantId, arrived.Tag, at, null, out placed);
        }

        if (server is null)
        {
            Refused++;
            return;
        }

        var meeting = Begin(arrived.Run, arrived.TenantId, arrived.MeetingId, arrived.Size, at);
        Take(server, meeting, at);
        live.Add(meeting);
        Tell(placed);
    }

    private void Find(MeetingFound found, long at)
    {
        var server = side.Policy is not null && found.Parent is { } parent && live.Named(parent) is { } known
            ? known.Server
            : servers.GetValueOrDefault(found.ServerId);
        if (server is null)
        {
            LeftOut++;
            return;
        }

        var meeting = Begin(found.Run, found.TenantId, found.MeetingId, found.Size, Math.Min(at, found.Size.StartsAt.ToUnixTimeMilliseconds()));
        Take(server, meeting, at);
        live.Add(meeting);
    }

    // As it was, a move is a move. Another way of placing has the meeting elsewhere: it moves only if its server is offline there.
    private void GoOver(MeetingWentOver moved, long at)
    {
        if (live.Of(moved.Run) is not { Server: { } from } meeting)
            return;
        if (side.Policy is not null)
        {
            if (!moved.Back && from.Health == Health.Offline)
                MoveAway(meeting, from, at);
        }
        else if (servers.TryGetValue(moved.ToServerId, out var to) && to != from)
        {
            Move(meeting, to, at);
            if (!moved.Back)
                Tell(new(moved.At, to.Id, PollAge(to, at), inRound.Length));
        }
    }

    private void MoveAway(SimulatedMeeting meeting, SimulatedServer from, long at)
    {
        var tried = new HashSet<string>(StringComparer.Ordinal) { from.Id };
        if (Choose(meeting.MeetingId, meeting.TenantId, TagRequest.Untagged, at, tried, out var placed) is not { } to)
        {
            Refused++;
            return;
        }

        Move(meeting, to, at);
        Tell(placed);
    }

    private void Move(SimulatedMeeting meeting, SimulatedServer to, long at)
    {
        var from = meeting.Server!;
        from.Remove(meeting);
        WeighOne(from, at);
        meeting.BeginAnew(at);
        Take(to, meeting, at);
    }

    private void Later(long at, Action<long> what) => due.Enqueue(what, (at, dueNumber++));

    private void DoDue(long until)
    {
        while (due.TryPeek(out var what, out var when) && when.At <= until)
        {
            due.Dequeue();
            what(when.At);
        }
    }

    private SimulatedServer? Choose(
        string meetingId, string tenantId, TagRequest tag, long at, HashSet<string>? tried, out MeteredPlacement placed)
    {
        while (true)
        {
            Weigh(at);
            round ??= NewRound(at);
            round.Begin(DateTimeOffset.FromUnixTimeMilliseconds(at));
            placed = default;
            if (round.Pick(new PlacementRequest(meetingId, tag, 1, live.HoldersOf(meetingId, tenantId), tried), out var candidates) is not { } chosen)
                return null;
            var server = inRound[chosen];
            if (!server.IsDown)
            {
                placed = new(DateTimeOffset.FromUnixTimeMilliseconds(at), server.Id, PollAge(server, at), candidates, tag.Text);
                return server;
            }

            // The create is refused: the server is suspected, and the next one tried.
            (tried ??= new(StringComparer.Ordinal)).Add(server.Id);
            Change(server, at, PoolChangeKind.Suspected, s => s.Turn(Health.Suspect, at));
        }
    }

    private static TimeSpan? PollAge(SimulatedServer server, long at) =>
        server.LastAnswer(at) is var polled && polled != long.MinValue ? TimeSpan.FromMilliseconds(at - polled) : null;

    private PlacementRound NewRound(long at)
    {
        inRound = [.. servers.Values.Where(server => server.TakesMeetings).OrderBy(server => server.Id, StringComparer.Ordinal)];
        for (var i = 0; i < inRound.Length; i++)
            inRound[i].InRound = i;
        return new PlacementRound(
            side.Settings, [.. inRound.Select(server => server.Load)], new PlacementTurn(turn, seed), DateTimeOffset.FromUnixTimeMilliseconds(at));
    }

    private void Weigh(long at)
    {
        while (changes.TryPeek(out var server, out var due) && due <= at)
        {
            changes.Dequeue();
            // What was due earlier than the last weighing is an old entry.
            if (server.NextChange == due)
                WeighOne(server, at);
        }
    }

    private void WeighOne(SimulatedServer server, long at)
    {
        server.Weigh(at, side, over);
        foreach (var meeting in over)
            live.Remove(meeting);
        over.Clear();
        if (server.NextChange < long.MaxValue)
            changes.Enqueue(server, server.NextChange);
        if (server.InRound >= 0)
            round?.Show(server.InRound, server.Load);
    }

    private static SimulatedMeeting Begin(Guid run, string tenantId, string meetingId, MeetingSize size, long placedAt)
    {
        var starts = size.StartsAt.ToUnixTimeMilliseconds();
        var ends = size.EndsAt is { } end ? Math.Max(starts, end.ToUnixTimeMilliseconds()) : long.MaxValue;
        var known = (size.EndsAt ?? size.PointsUntil ?? size.StartsAt).ToUnixTimeMilliseconds() - starts;
        var endKnown = size.EndKnownAt is { } told ? Math.Max(ends, told.ToUnixTimeMilliseconds()) : long.MaxValue;
        return new SimulatedMeeting(
            run, tenantId, meetingId, size.InternalMeetingId, placedAt, endKnown, new UserCurve(starts, ends, Math.Max(0, known), size.Points));
    }

    private void Take(SimulatedServer server, SimulatedMeeting meeting, long at)
    {
        server.Add(meeting);
        WeighOne(server, at);
    }

    private void Tell(in MeteredPlacement placed)
    {
        Placed++;
        meter.Placed(placed);
        for (var i = 0; i < returned.Count; i++)
        {
            var node = returned[i];
            if (placed.At < node.At + WatchedAfterReturn)
                returned[i] = node with { Placements = node.Placements + 1, Onto = node.Onto + (node.ServerId == placed.ServerId ? 1 : 0) };
        }
    }

    private SimulatedServer Register(string id, string? tag, decimal multiplier)
    {
        var server = new SimulatedServer(id, tag, multiplier, side.PollInterval);
        servers[id] = server;
        return server;
    }

    private void Change(object @event, long at)
    {
        switch (@event)
        {
            case ServerRegistered e when !side.Without.Contains(e.ServerId) && !servers.ContainsKey(e.ServerId):
                Register(e.ServerId, e.Tag, e.LoadMultiplier);
                break;
            case ServerRemoved e when servers.Remove(e.ServerId, out var removed):
                GiveUp(removed);
                Change(removed, at, PoolChangeKind.Removed, server => server.State = AdministrativeState.Disabled);
                break;
            case ServerPanicked e when servers.TryGetValue(e.ServerId, out var panicked):
                GiveUp(panicked);
                if (!e.KeepState)
                    Change(panicked, at, PoolChangeKind.Disabled, server => server.State = AdministrativeState.Disabled);
                break;
            case not null when ServerChange.Of(@event) is { } change && servers.TryGetValue(change.ServerId, out var changed):
                Change(changed, at, change.Kind, server => change.Apply(server, at));
                break;
        }
    }

    private void Change(SimulatedServer server, long at, PoolChangeKind? kind, Action<SimulatedServer> change)
    {
        var before = (server.State, server.Health);
        change(server);
        WeighOne(server, at);
        Leave();
        if (kind is { } told && before != (server.State, server.Health))
            meter.Changed(new(DateTimeOffset.FromUnixTimeMilliseconds(at), server.Id, told));
    }

    private void GiveUp(SimulatedServer server)
    {
        foreach (var meeting in server.Meetings.ToArray())
        {
            server.Remove(meeting);
            meeting.Server = null;
            live.Remove(meeting);
        }
    }

    // Another set of servers takes meetings, or another tag or multiplier: the next placement begins a round of its own.
    private void Leave()
    {
        if (round is null)
            return;
        turn = round.Turn.Number;
        foreach (var server in inRound)
            server.InRound = -1;
        round = null;
    }
}
