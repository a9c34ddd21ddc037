using Scalelite.Domain;
using Scalelite.Domain.Meetings;
using Scalelite.Domain.Polling;
using Scalelite.Domain.Servers;

namespace Scalelite.Projections.Tests.Histories;

/// <summary>A pool's day, made of choices. Who wrote an event had read what it depends on; everything else is left open.</summary>
internal sealed class RandomStory
{
    private static readonly Guid[] Processes = [.. Enumerable.Range(1, 3).Select(n => new Guid(n, 7, 7, new byte[8]))];

    private readonly Story _story = new();
    private readonly Dictionary<string, ToldServer> _nodes = [];
    private readonly List<ToldRun> _runs = [];

    /// <summary>The last event that gave a tenant's meetingID, or a server's, free: the next run that takes it has read it.</summary>
    private readonly Dictionary<(string, string), int> _freed = [];
    private readonly Random _random;
    private int _second;

    private RandomStory(int seed) => _random = new Random(seed);

    /// <summary>The story that these choices make.</summary>
    public static Story Of(int seed, IReadOnlyCollection<byte> choices)
    {
        var story = new RandomStory(seed);
        foreach (var server in new[] { "a", "b", "c", "d" }) story.Register(server);
        foreach (var choice in choices)
        {
            story._second += story._random.Next(1, 4);
            story.Step(choice % 16);
        }

        return story._story;
    }

    private void Step(int choice)
    {
        switch (choice)
        {
            case 0 or 1 or 2:
                Place();
                break;
            case 3 or 4:
                If(RunIn(MeetingPhase.Placing), Start);
                break;
            case 5:
                If(RunIn(MeetingPhase.Placing), Fail);
                break;
            case 6:
                If(RunIn(MeetingPhase.Failed), PlaceAgain);
                break;
            case 7:
                Adopt();
                break;
            case 8:
                If(RunIn(MeetingPhase.Live), Move);
                break;
            case 9:
                If(AnyOf(_runs.Where(run => run.Copies.Count > 0)), ReturnOrForget);
                break;
            case 10:
                If(RunIn(MeetingPhase.Live), run => End(run, Any(EndLearned.EndCall, EndLearned.Polls, EndLearned.PlacedAnew)));
                break;
            case 11 or 12:
                Join();
                break;
            case 13 or 14:
                If(AnyOf(_nodes.Values), Poll);
                break;
            default:
                ChangeServer();
                break;
        }
    }

    private void Register(string server)
    {
        var number = _story.Tell(Streams.Server(server), Given.Registered(server, _second, 1 + _random.Next(3)));
        _story.Tell(Streams.Server(server), new ServerCameOnline(server, Given.At(_second)));
        _nodes[server] = new ToldServer(server, number);
    }

    private void ChangeServer()
    {
        if (_nodes.Count < 4) Register(new[] { "a", "b", "c", "d" }.First(server => !_nodes.ContainsKey(server)));
        else if (AnyOf(_nodes.Values) is { } node)
        {
            var (server, at) = (node.Server, Given.At(_second));
            switch (_random.Next(4))
            {
                case 0:
                    _story.Tell(Streams.Server(server), Any<object>(
                        new ServerEnabled(server, at), new ServerCordoned(server, at), new ServerTagged(server, "t", at), new LoadMultiplierChanged(server, 3, at),
                        new SecretRotated(server, $"f{_second}", at), new ServerVersionSeen(server, $"3.0.{_second}", at)));
                    break;
                case 1:
                    _story.Tell(Streams.Server(server), Any<object>(
                        new ServerSuspected(server, "x", at), new ServerWentOffline(server, "x", at), new ServerCameOnline(server, at)));
                    break;
                default:
                    Remove(node);
                    break;
            }
        }
    }

    /// <summary>Its meetings end; a poll that is under way may write its result whenever it likes.</summary>
    private void Remove(ToldServer node)
    {
        var removed = _story.Tell(Streams.Server(node.Server), new ServerRemoved(node.Server, Given.At(_second)), _runs.Where(run => run.IsOn(node.Server)).Select(run => run.Last));
        _nodes.Remove(node.Server);
        foreach (var run in _runs.Where(run => run.IsOn(node.Server)).ToArray()) End(run, EndLearned.ServerRemoved, removed);
        if (_random.Next(2) == 0) PollOnce(node, _second - 1);
    }

    private void Place()
    {
        var run = new ToldRun(NewId(), $"room {_random.Next(4)}", Any("", "t1"));
        if (AnyOf(_nodes.Values.Where(node => MayTake(run, node.Server))) is not { } node) return;
        _runs.Add(run);
        Take(run, node, Given.Placed(run.Instance, run.MeetingId, node.Server, _second, run.Tenant, $"7{_second}"));
        run.Phase = MeetingPhase.Placing;
    }

    private void PlaceAgain(ToldRun run)
    {
        // A caller tries each server once.
        if (AnyOf(_nodes.Values.Where(node => MayTake(run, node.Server) && !run.Tried.Contains(node.Server))) is not { } node) return;
        Take(run, node, Given.Placed(run.Instance, run.MeetingId, node.Server, _second, run.Tenant, $"8{_second}"));
        run.Phase = MeetingPhase.Placing;
    }

    private void Adopt()
    {
        var run = new ToldRun(NewId(), $"room {_random.Next(4)}", Any("", "t1"));
        if (AnyOf(_nodes.Values.Where(node => MayTake(run, node.Server))) is not { } node) return;
        _runs.Add(run);
        run.InternalId = $"int-{_second}";
        Take(run, node, Given.Adopted(run.Instance, run.MeetingId, node.Server, run.InternalId, _second, run.Tenant, $"9{_second}"));
        run.Phase = MeetingPhase.Live;
    }

    private void Start(ToldRun run)
    {
        run.InternalId = $"int-{_second}";
        Tell(run, Given.Started(run.Instance, run.Server, run.InternalId, _second, Any(null, "70000")));
        run.Phase = MeetingPhase.Live;
    }

    private void Fail(ToldRun run)
    {
        var failure = Any(Enum.GetValues<PlacementFailure>());
        Free(run, run.Server, Tell(run, Given.Failed(run.Instance, run.Server, failure, _second)));
        if (failure is PlacementFailure.Uncertain or PlacementFailure.Abandoned) run.Copies[run.Server] = null;
        run.Phase = MeetingPhase.Failed;
    }

    private void Move(ToldRun run)
    {
        if (AnyOf(_nodes.Values.Where(node => MayHold(run, node.Server))) is not { } node) return;
        var from = run.Server;
        var moved = Take(run, node, Given.Moved(run.Instance, from, run.InternalId, node.Server, _second));
        _freed[(from, run.MeetingId)] = moved;
        run.Copies[from] = run.InternalId;
        run.Phase = MeetingPhase.Placing;
    }

    private void ReturnOrForget(ToldRun run)
    {
        var (server, internalId) = run.Copies.First();
        if (run.Phase != MeetingPhase.Live || internalId is null || !_nodes.TryGetValue(server, out var node) || !MayHold(run, server))
        {
            Tell(run, new MeetingCopyGone(run.Instance, server, "not on its node", Given.At(_second)));
            run.Copies.Remove(server);
            return;
        }

        var (from, left) = (run.Server, run.InternalId);
        _freed[(from, run.MeetingId)] = Take(run, node, Given.MovedBack(run.Instance, from, left, server, internalId, _second));
        run.Copies[from] = left;
        run.InternalId = internalId;
    }

    private void End(ToldRun run, EndLearned how, params int[] after)
    {
        Free(run, run.Server, Tell(run, Given.Ended(run.Instance, run.Server, how, _second), after));
        if (how == EndLearned.PlacedAnew) run.Copies[run.Server] = run.InternalId;
        run.Phase = MeetingPhase.Ended;
    }

    /// <summary>Joins are written a while after they were routed: the meeting may be elsewhere, or over.</summary>
    private void Join()
    {
        var joins = _runs.Where(run => run.Routes.Count > 0 && _random.Next(2) == 0)
            .SelectMany(run => run.Routes.TakeLast(2).Select(route => (run.Instance, route.Server, Count: _random.Next(1, 9), route.Number))).ToArray();
        if (joins.Length == 0) return;
        var number = _story.Tell(
            Streams.Joins(Any(Processes), Given.At(_second)),
            Given.Joins(_second, [.. joins.Select(join => (join.Instance, join.Server, join.Count))]),
            joins.Select(join => join.Number));
        foreach (var run in _runs.Where(run => joins.Any(join => join.Instance == run.Instance))) run.Joins.Add(number);
    }

    private void Poll(ToldServer node)
    {
        for (var times = _random.Next(1, 4); times > 0; times--) PollOnce(node, _second++);
    }

    private void PollOnce(ToldServer node, int second)
    {
        var round = ++node.Round;
        var seen = _runs.Where(run => run.Server == node.Server && run.InternalId is not null && run.Phase is MeetingPhase.Live or MeetingPhase.Ended && _random.Next(3) > 0)
            .DistinctBy(run => run.InternalId)
            .Select(run => (run, Meeting: Given.Seen(run.MeetingId, run.InternalId!, _random.Next(40), Any<Guid?>(null, run.Instance), _random.Next(5), second))).ToArray();
        object polled = _random.Next(5) == 0
            ? Given.PollFailed(node.Server, round, second)
            : Given.Polled(node.Server, round, second, [.. seen.Select(s => s.Meeting)]);
        node.LastPoll = _story.Tell(Streams.Polls(node.Server, Given.At(second)), polled, node.Registered, node.LastPoll);
    }

    private int Take(ToldRun run, ToldServer node, object @event)
    {
        // A meeting returns to a server after a minute at the earliest: the joins of its first time there are written by then.
        var joins = run.Routes.RemoveAll(route => route.Server == node.Server) > 0 ? run.Joins : [];
        var number = Tell(run, @event, [node.Registered, Freed(run.Tenant + "/", run.MeetingId), Freed(node.Server, run.MeetingId), .. joins]);
        run.Server = node.Server;
        run.Tried.Add(node.Server);
        run.Copies.Remove(node.Server);
        run.Routes.Add((node.Server, number));
        return number;
    }

    private void Free(ToldRun run, string server, int number) => _freed[(run.Tenant + "/", run.MeetingId)] = _freed[(server, run.MeetingId)] = number;

    private int Freed(string owner, string meetingId) => _freed.GetValueOrDefault((owner, meetingId), -1);

    private int Tell(ToldRun run, object @event, params int[] after) => run.Last = _story.Tell(Streams.Meeting(run.Instance), @event, after);

    /// <summary>Nobody has the tenant's meetingID, and the server holds it for nobody, as a meeting or as a watched copy.</summary>
    private bool MayTake(ToldRun run, string server) =>
        !_runs.Any(other => other.IsHere && other.MeetingId == run.MeetingId && other.Tenant == run.Tenant) && MayHold(run, server);

    private bool MayHold(ToldRun run, string server) => !_runs.Any(other =>
        other.MeetingId == run.MeetingId
        && (other.IsOn(server) || (other.Tenant != run.Tenant && other.Copies.ContainsKey(server))));

    private ToldRun? RunIn(MeetingPhase phase) => AnyOf(_runs.Where(run => run.Phase == phase));

    private Guid NewId() => new(_runs.Count + 1, 0, 0, new byte[8]);

    private T Any<T>(params T[] of) => of[_random.Next(of.Length)];

    private T? AnyOf<T>(IEnumerable<T> of)
        where T : class => of.ToArray() is { Length: > 0 } all ? Any(all) : null;

    private static void If<T>(T? found, Action<T> then)
        where T : class
    {
        if (found is not null) then(found);
    }
}
