using Scalelite.Domain.Placement;
using Scalelite.Domain.Servers;

namespace Scalelite.Domain.WhatIf;

/// <summary>
/// The pool of one side. What happens comes in order of time; loads are worked out when a meeting is placed, and only those of
/// servers on which something has changed since the last one.
/// </summary>
internal sealed class SimulatedPool
{
    private readonly Side side;
    private readonly IMeter meter;
    private readonly ulong seed;
    private readonly Dictionary<string, SimulatedServer> servers = new(StringComparer.Ordinal);
    private readonly PriorityQueue<SimulatedServer, long> changes = new();
    private readonly PriorityQueue<SimulatedMeeting, (long At, long Number)> returns = new();
    private readonly LiveMeetings live = new();
    private readonly List<SimulatedMeeting> over = [];
    private PlacementRound? round;
    private SimulatedServer[] inRound = [];
    private long turn;
    private long returning;

    public SimulatedPool(Side side, IMeter meter, ulong seed, long from)
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

    public IReadOnlyCollection<SimulatedServer> Servers => servers.Values;

    /// <summary>Goes on to a moment, and does what happens there.</summary>
    public void Happen(Happening happening)
    {
        var at = happening.At.ToUnixTimeMilliseconds();
        Return(at);
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
                Crash(crashed.ServerId, at);
                break;
        }
    }

    /// <summary>Goes on to a moment: people who lost their meeting have clicked again, and what is over is let go.</summary>
    public void GoOn(long at)
    {
        Return(at);
        Weigh(at);
    }

    /// <summary>The loads as a placement at this moment would see them.</summary>
    public IEnumerable<ServerLoad> LoadsAt(long at)
    {
        Weigh(at);
        return servers.Values.Select(server => server.Load);
    }

    private void Arrive(MeetingArrived arrived, long at)
    {
        SimulatedServer? server;
        double? pollAge;
        if (side.Policy is null)
        {
            (server, pollAge) = (servers.GetValueOrDefault(arrived.Was!.ServerId), arrived.Was.PollAgeSeconds);
        }
        else
        {
            server = Choose(new PlacementRequest(
                arrived.MeetingId, arrived.Tag, 1, live.HoldersOf(arrived.MeetingId, arrived.TenantId)), at, out pollAge);
        }

        if (server is null)
        {
            Refused++;
            return;
        }

        var meeting = Begin(arrived.Run, arrived.TenantId, arrived.MeetingId, arrived.Size, at);
        Take(server, meeting, at);
        live.Add(meeting);
        Tell(server, at, pollAge);
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

    // As it was, a move is a move. Another way of placing has the meeting elsewhere: it moves only if it is offline there.
    private void GoOver(MeetingWentOver moved, long at)
    {
        if (live.Of(moved.Run) is not { Server: { } from } meeting)
            return;
        if (side.Policy is null)
        {
            if (servers.TryGetValue(moved.ToServerId, out var to) && to != from)
                Move(meeting, to, at, moved.Back, null);
        }
        else if (!moved.Back && from.Health == Health.Offline)
        {
            MoveAway(meeting, from, at);
        }
    }

    private void MoveAway(SimulatedMeeting meeting, SimulatedServer from, long at)
    {
        var request = new PlacementRequest(
            meeting.MeetingId, TagRequest.Untagged, 1, live.HoldersOf(meeting.MeetingId, meeting.TenantId), new HashSet<string>(StringComparer.Ordinal) { from.Id });
        if (Choose(request, at, out var pollAge) is { } to)
            Move(meeting, to, at, back: false, pollAge);
        else
            Refused++;
    }

    private void Move(SimulatedMeeting meeting, SimulatedServer to, long at, bool back, double? pollAge)
    {
        meeting.Server!.Remove(meeting);
        meeting.BeginAnew(at);
        Take(to, meeting, at);
        if (!back)
            Tell(to, at, pollAge);
    }

    // A second create may come at once; the meeting moves when its server has been offline for MOVE_AFTER, and people do not all click in one moment.
    private void Crash(string serverId, long at)
    {
        if (!servers.TryGetValue(serverId, out var server))
            return;
        foreach (var meeting in server.Meetings)
        {
            meeting.Lose(at);
            var clicked = at + (long)side.MoveAfter.TotalMilliseconds + (long)(SplitMix.Of(seed, (ulong)returning) % 120_000);
            if (clicked < meeting.EndsByItself)
                returns.Enqueue(meeting, (clicked, returning));
            returning++;
        }

        Dirty(server, at);
    }

    private void Return(long until)
    {
        while (returns.TryPeek(out var meeting, out var when) && when.At <= until)
        {
            returns.Dequeue();
            if (meeting.Server is not { } server)
                continue;
            // It moves once its server has been offline for so long; if that is back by now, the meeting is created there anew.
            if (server.Health == Health.Online)
                Move(meeting, server, when.At, back: true, null);
            else if (server.OfflineSince is { } since && when.At - since >= (long)side.MoveAfter.TotalMilliseconds)
                MoveAway(meeting, server, when.At);
            else
                returns.Enqueue(meeting, (when.At + 10_000, when.Number));
        }
    }

    private SimulatedServer? Choose(PlacementRequest request, long at, out double? pollAge)
    {
        Weigh(at);
        round ??= NewRound(at);
        round.Begin(DateTimeOffset.FromUnixTimeMilliseconds(at));
        pollAge = null;
        if (round.Pick(request) is not { } chosen)
            return null;
        var server = inRound[chosen];
        if (server.LastAnswer(at) is var polled && polled != long.MinValue)
            pollAge = (at - polled) / 1000d;
        return server;
    }

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

    private SimulatedMeeting Begin(Guid run, string tenantId, string meetingId, MeetingSize size, long placedAt)
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

    private void Tell(SimulatedServer server, long at, double? pollAge)
    {
        Placed++;
        meter.Placed(at, server.Id, pollAge);
    }

    private void Dirty(SimulatedServer server, long at) => WeighOne(server, at);

    private SimulatedServer Register(string id, string? tag, decimal multiplier)
    {
        var server = new SimulatedServer(id, tag, multiplier, side.PollInterval) { Number = servers.Count };
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
                Leave();
                break;
            case ServerPanicked e when servers.TryGetValue(e.ServerId, out var panicked):
                GiveUp(panicked);
                Change(panicked, at, s => s.State = e.KeepState ? s.State : AdministrativeState.Disabled);
                break;
            case ServerEnabled e:
                Change(e.ServerId, at, s => s.State = AdministrativeState.Enabled);
                break;
            case ServerCordoned e:
                Change(e.ServerId, at, s => s.State = AdministrativeState.Cordoned);
                break;
            case ServerDrained e:
                Change(e.ServerId, at, s => s.State = AdministrativeState.Disabled);
                break;
            case ServerDisabled e:
                Change(e.ServerId, at, s => s.State = AdministrativeState.Disabled);
                break;
            case ServerTagged e:
                Change(e.ServerId, at, s => s.Tag = e.Tag);
                break;
            case LoadMultiplierChanged e:
                Change(e.ServerId, at, s => s.Multiplier = e.LoadMultiplier);
                break;
            case ServerSuspected e:
                Change(e.ServerId, at, s => s.Turn(Health.Suspect, at));
                break;
            case ServerWentOffline e:
                Change(e.ServerId, at, s => s.Turn(Health.Offline, at));
                break;
            case ServerCameOnline e:
                Change(e.ServerId, at, s => s.Turn(Health.Online, at));
                break;
        }
    }

    private void Change(string serverId, long at, Action<SimulatedServer> change)
    {
        if (servers.TryGetValue(serverId, out var server))
            Change(server, at, change);
    }

    private void Change(SimulatedServer server, long at, Action<SimulatedServer> change)
    {
        change(server);
        Dirty(server, at);
        Leave();
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
