using Scalelite.BigBlueButton.Answers;
using Scalelite.Domain.Joins;
using Scalelite.Domain.Meetings;
using Scalelite.Domain.Servers;
using Scalelite.Simulator;
using Scalelite.Simulator.Faults;
using Scalelite.Simulator.Meetings;

namespace Scalelite.Api.Demo;

/// <summary>
/// A small school day: classes begin, a node is drained, another dies and returns, everybody goes home, and what was recorded is watched. Each act waits until the events and
/// the nodes show what it is about.
/// </summary>
/// <param name="servers">The servers' ids, by node.</param>
/// <param name="pause">Between the acts, for a person who reads along.</param>
internal sealed class SchoolDay(
    DemoPool pool,
    IReadOnlyDictionary<SimulatedNode, string> servers,
    Story story,
    EventLines lines,
    DemoNarrator narrator,
    SchoolClient lms,
    SchoolRecordings recordings,
    TimeSpan pause)
{
    private const string Prefix = "school-";

    private static readonly TimeSpan BetweenClicks = TimeSpan.FromMilliseconds(500);

    private static readonly SchoolClass[] Classes =
    [
        .. new[] { "Maths 7a", "Maths 8b", "English 7b", "English 9c", "Physics 10a", "Music 5d", "History 9a", "Latin 8a" }
            .Select((name, n) => Class(name, 3 + (n % 4), recorded: name is "English 9c" or "Physics 10a")),
    ];

    private readonly List<SchoolClass> _running = [];
    private DateTimeOffset _began;

    /// <summary>The day from the first bell to the last.</summary>
    /// <param name="day">From 0: each day other nodes are drained and die.</param>
    /// <exception cref="UnmetExpectationException">Something did not go as told.</exception>
    public async Task RunAsync(int day, CancellationToken cancellation)
    {
        _began = DateTimeOffset.UtcNow;
        if (day > 0) await TidyAsync(cancellation);
        await OpenAsync(cancellation);
        await BeginClassesAsync(cancellation);
        await JoinAsync(cancellation);
        var drained = FreeNode(day + 1);
        if (drained is not null) await DrainAsync(drained, cancellation);
        if (FreeNode(day + 3, except: drained) is { } dying) await DieAsync(dying, cancellation);
        await EndAsync(cancellation);
        await recordings.RunAsync([.. Classes.Where(lesson => lesson.Recorded)], _began, expectation => MetAsync(expectation, cancellation), cancellation);
        await LookAtServersAsync(drained, cancellation);
    }

    private static SchoolClass Class(string name, int users, bool recorded = false) =>
        new(Prefix + name.ToLowerInvariant().Replace(' ', '-'), name, users, recorded);

    private static bool HasGuests(SimulatedNode node) =>
        node.Meetings.Any(meeting => !meeting.MeetingID.StartsWith(Prefix, StringComparison.Ordinal));

    /// <summary>What a day that did not go as told may have left.</summary>
    private async Task TidyAsync(CancellationToken cancellation)
    {
        foreach (var node in pool.Nodes)
        {
            if (node.Reach != Reach.Reachable) node.Recover();
            foreach (var left in node.Meetings.Where(meeting => meeting.MeetingID.StartsWith(Prefix, StringComparison.Ordinal)))
                await lms.EndAsync(new SchoolClass(left.MeetingID, left.Name, left.Users), cancellation);
        }
    }

    /// <summary>Where somebody else has meetings (an LMS that was pointed here), no node is taken away from them.</summary>
    private SimulatedNode? FreeNode(int from, SimulatedNode? except = null) => Enumerable.Range(from, pool.Nodes.Count)
        .Select(number => pool.Nodes[number % pool.Nodes.Count])
        .FirstOrDefault(node => node != except && !HasGuests(node));

    private async Task OpenAsync(CancellationToken cancellation)
    {
        narrator.Title("The school opens: all servers take meetings");
        foreach (var (node, server) in servers)
        {
            if (story.Server(server).State != AdministrativeState.Enabled) await pool.EnableAsync(server, node.Name, cancellation);
        }

        await story.UntilAsync(
            "all servers are enabled and online",
            () => servers.Values.All(server => story.Server(server) == (AdministrativeState.Enabled, Health.Online)), cancellation);
        await MetAsync($"{EventLines.Count(servers.Count, "server")} enabled and online", cancellation);
    }

    private async Task BeginClassesAsync(CancellationToken cancellation)
    {
        narrator.Title($"The bell rings: {Classes.Length} classes begin at once");
        await Task.WhenAll(Classes.Select(lesson => CreateAsync(lesson, cancellation)));
        await story.UntilAsync(
            "every class is placed and started", () => Classes.All(lesson => Started(lesson) is not null), cancellation);
        if (pool.Nodes.Any(HasGuests)) return;
        var share = Classes.Length / pool.Nodes.Count;
        foreach (var (node, server) in servers)
        {
            var here = Classes.Count(lesson => ServerOf(lesson) == server);
            Expect(here == share, $"every node has {share} classes", $"{node.Name} has {here}");
        }

        await MetAsync($"{Classes.Length} classes are spread evenly: {share} on each node", cancellation);
    }

    private async Task JoinAsync(CancellationToken cancellation)
    {
        narrator.Title("Teachers and pupils join");
        await Task.WhenAll(Classes.Select(lesson => JoinAsync(lesson, cancellation)));
        var users = Classes.Sum(lesson => lesson.Users);
        await story.UntilAsync(
            $"{users} joins are in the log", () => story.Today<JoinsRouted>().Sum(e => e.Joins.Sum(join => join.Count)) >= users, cancellation);
        await story.UntilAsync($"the polls see {users} users", () => Seen() >= users, cancellation);
        foreach (var node in pool.Nodes)
        {
            if (story.LastPoll(servers[node]) is { } polled) narrator.Happened(polled.BeganAt, lines.Load(polled));
        }

        await MetAsync($"{users} users are in the classes that they joined, and the polls see them", cancellation);
    }

    private async Task DrainAsync(SimulatedNode node, CancellationToken cancellation)
    {
        var server = servers[node];
        narrator.Title($"{node.Name} is to be maintained: it is drained");
        await pool.CordonAsync(server, node.Name, cancellation);
        var late = Class("Chess club", 2);
        await CreateAsync(late, cancellation);
        await story.UntilAsync($"{late.Name} is placed and started", () => Started(late) is not null, cancellation);
        Expect(ServerOf(late) != server, $"{node.Name} drains and gets no new meeting", $"{late.Name} was placed there");

        var here = OnServer(server);
        foreach (var lesson in here) await EndAsync(lesson, cancellation);
        await story.UntilAsync(
            $"{node.Name} is disabled once its last meeting is gone",
            () => story.Today<ServerDrained>().Any(e => e.ServerId == server) && story.Server(server).State == AdministrativeState.Disabled, cancellation);
        Expect(node.Meetings.Count == 0, $"{node.Name} is empty when it is drained", $"it has {EventLines.Count(node.Meetings.Count, "meeting")}");
        await MetAsync($"{node.Name} got no new meeting, kept its {here.Count} until their end, and is disabled now", cancellation);
    }

    private async Task DieAsync(SimulatedNode node, CancellationToken cancellation)
    {
        var server = servers[node];
        var lost = OnServer(server);
        narrator.Title($"{node.Name} dies, and its memory with it");
        story.MayFail(server, may: true);
        node.Crash();
        TellState(node, Tone.Bad);
        await Task.WhenAll(lost.Select(lesson => ClickUntilMovedAsync(lesson, server, cancellation)));
        await story.UntilAsync($"{node.Name} is offline", () => story.Today<ServerWentOffline>().Any(e => e.ServerId == server), cancellation);
        await story.UntilAsync("the classes have their users again", () => lost.All(lesson => UsersOf(lesson) == lesson.Users), cancellation);
        var moved = story.Today<MeetingMoved>().Count;
        Expect(moved == lost.Count, $"the {lost.Count} of {node.Name} move and no others", $"{moved} moved");
        await MetAsync(
            string.Join(", ", lost.Select(lesson => $"{lesson.Name} goes on at {lines.Server(ServerOf(lesson))}").DefaultIfEmpty("nobody was there")), cancellation);

        narrator.Title($"{node.Name} returns");
        node.Recover();
        TellState(node, Tone.Good);
        await story.UntilAsync($"{node.Name} is online again", () => story.Server(server).Health == Health.Online, cancellation);
        story.MayFail(server, may: false);
        await story.UntilAsync(
            $"the copies that {node.Name} lost are forgotten",
            () => story.Today<MeetingCopyGone>().Count(e => e.ServerId == server) >= lost.Count, cancellation);
        var choir = Class("Choir", 2);
        await CreateAsync(choir, cancellation);
        await story.UntilAsync($"{choir.Name} is placed and started", () => Started(choir) is not null, cancellation);
        var isEmptiest = !pool.Nodes.Any(HasGuests);
        if (isEmptiest) Expect(ServerOf(choir) == server, $"the empty {node.Name} gets the next meeting", $"{lines.Server(ServerOf(choir))} got it");
        await MetAsync($"{node.Name} is online again{(isEmptiest ? ", and got the next meeting as the emptiest" : "")}", cancellation);
    }

    private async Task EndAsync(CancellationToken cancellation)
    {
        narrator.Title("School is out: every class ends");
        await Task.WhenAll(_running.ToArray().Select(lesson => EndAsync(lesson, cancellation)));
        var placed = story.Today<MeetingPlaced>().Where(e => e.MeetingId.StartsWith(Prefix, StringComparison.Ordinal)).Select(e => e.Instance).ToHashSet();
        await story.UntilAsync(
            "the end of every class is in the log", () => placed.IsSubsetOf(story.Today<MeetingEnded>().Select(e => e.Instance)), cancellation);
        // The node says so too, and may be heard before its answer to the call is written.
        var others = story.Today<MeetingEnded>().Where(e => placed.Contains(e.Instance) && e.How is not (EndLearned.EndCall or EndLearned.Callback)).ToList();
        Expect(others.Count == 0, "every class ends because its end was called", $"{others.Count} ended otherwise: {others.FirstOrDefault()?.How}");
        foreach (var node in pool.Nodes) TellState(node, Tone.Plain);
        var left = pool.Nodes.Sum(node => node.Meetings.Count(meeting => meeting.MeetingID.StartsWith(Prefix, StringComparison.Ordinal)));
        Expect(left == 0, "no node has a class left", $"{left} are left");
        await MetAsync($"{placed.Count} classes ended, and every end arrived at the class's node", cancellation);
    }

    private async Task LookAtServersAsync(SimulatedNode? drained, CancellationToken cancellation)
    {
        foreach (var (node, server) in servers)
        {
            var should = (node == drained ? AdministrativeState.Disabled : AdministrativeState.Enabled, Health.Online);
            var (state, health) = story.Server(server);
            Expect(node.Reach == Reach.Reachable, $"{node.Name} runs when the day is over", $"it is {node.Reach.ToString().ToLowerInvariant()}");
            Expect((state, health) == should, $"{node.Name} is {Describe(should)} when the day is over", $"it is {Describe((state, health))}");
        }

        var rest = drained is null ? "all servers are" : $"{drained.Name} is disabled, the others are";
        await MetAsync($"{rest} enabled, and all are online", cancellation);
    }

    private static string Describe((AdministrativeState State, Health Health) server) => $"{server.State} and {server.Health}".ToLowerInvariant();

    private async Task CreateAsync(SchoolClass lesson, CancellationToken cancellation)
    {
        lock (_running) _running.Add(lesson);
        var answer = await lms.CreateAsync(lesson, cancellation);
        Expect(answer.Kind == NodeAnswerKind.Success, $"{lesson.Name} is created", $"the answer is {Describe(answer)}");
    }

    private async Task JoinAsync(SchoolClass lesson, CancellationToken cancellation)
    {
        var joined = await lms.JoinAsync(lesson, cancellation);
        Expect(joined == lesson.Users, $"all {lesson.Users} users of {lesson.Name} come in", $"{joined} did");
        Expect(UsersOf(lesson) == joined, $"{lesson.Name} has its {joined} users on its node", $"it has {UsersOf(lesson)}");
    }

    /// <summary>What an LMS does with each click on the class: create, and join once there is an answer.</summary>
    private async Task ClickUntilMovedAsync(SchoolClass lesson, string lostServer, CancellationToken cancellation)
    {
        var answered = false;
        await story.UntilAsync(
            $"{lesson.Name} moves to another server",
            () => answered && ServerOf(lesson) != lostServer && Started(lesson)?.ServerId == ServerOf(lesson),
            cancellation,
            async () => answered = answered || (await lms.CreateAsync(lesson, cancellation)).Kind == NodeAnswerKind.Success,
            BetweenClicks);
        await JoinAsync(lesson, cancellation);
    }

    private async Task EndAsync(SchoolClass lesson, CancellationToken cancellation)
    {
        var answer = await lms.EndAsync(lesson, cancellation);
        Expect(answer.Kind == NodeAnswerKind.Success, $"{lesson.Name} is ended", $"the answer is {Describe(answer)}");
        Expect(
            pool.Nodes.Any(node => node.Ended.Any(e => e.MeetingID == lesson.MeetingId && e.Reason == EndReason.EndCall && e.At >= _began)),
            $"the end of {lesson.Name} arrives at its node", "no node knows of it");
        lock (_running) _running.Remove(lesson);
    }

    private async Task MetAsync(string expectation, CancellationToken cancellation)
    {
        story.RefuseOutOfTurn();
        narrator.Met(expectation);
        await Task.Delay(pause, cancellation);
    }

    private static void Expect(bool isSo, string expectation, string instead)
    {
        if (!isSo) throw new UnmetExpectationException($"{expectation}; {instead}");
    }

    private static string Describe(NodeAnswer answer) => $"{answer.Kind} {answer.MessageKey}".TrimEnd();

    private void TellState(SimulatedNode node, Tone tone) => narrator.Happened(
        DateTimeOffset.UtcNow,
        new(node.Name, $"the node itself: {node.Reach.ToString().ToLowerInvariant()}, {EventLines.Count(node.Meetings.Count, "meeting")}, {EventLines.Count(node.Users, "user")}", tone));

    private MeetingPlaced? Placed(SchoolClass lesson) => story.Today<MeetingPlaced>().LastOrDefault(e => e.MeetingId == lesson.MeetingId);

    private MeetingStarted? Started(SchoolClass lesson) =>
        Placed(lesson) is { } placed ? story.Today<MeetingStarted>().LastOrDefault(e => e.Instance == placed.Instance) : null;

    private string ServerOf(SchoolClass lesson) => Placed(lesson) is { } placed
        ? story.Today<MeetingMoved>().LastOrDefault(e => e.Instance == placed.Instance)?.ToServerId ?? placed.ServerId
        : "";

    private List<SchoolClass> OnServer(string server) => [.. _running.Where(lesson => ServerOf(lesson) == server)];

    private int UsersOf(SchoolClass lesson) => pool.Nodes.Sum(node => node.Meeting(lesson.MeetingId)?.Users ?? 0);

    private long Seen() => servers.Values.Sum(server => story.LastPoll(server)?.Meetings.Sum(meeting => meeting.Users) ?? 0);
}
