using Scalelite.Domain.History;
using Scalelite.Domain.Meetings;
using Scalelite.Domain.Placement;
using Scalelite.Domain.Servers;
using Scalelite.Workers.History;

namespace Scalelite.Api.CommandLine.Explain;

/// <summary>The pool as it was whenever a server was chosen for a meeting: it tells why the others could not be.</summary>
internal sealed class ChosenFrom
{
    // Of a meeting that is moved to and fro all day the first choices are told in full.
    private const int MostMoments = 8;

    private readonly Dictionary<long, (PoolState Pool, PlacementReason Why, HashSet<string> Tried)> _moments = [];
    private readonly string _meetingId;

    private ChosenFrom(string meetingId) => _meetingId = meetingId;

    /// <summary>Folds the pool as it was before each choice.</summary>
    public static async Task<ChosenFrom> ReadAsync(PoolHistory pool, IReadOnlyList<IEvent> events, CancellationToken cancellation)
    {
        var chosen = new ChosenFrom(events.Select(e => e.Data switch { MeetingPlaced p => p.MeetingId, MeetingAdopted a => a.MeetingId, _ => null }).FirstOrDefault(id => id is not null) ?? "");
        HashSet<string> tried = new(StringComparer.Ordinal);
        foreach (var @event in events)
        {
            var why = @event.Data switch { MeetingPlaced p => p.Why, MeetingMoved m => m.Why, _ => null };
            if (why is { Considered.Count: > 0 } && chosen._moments.Count < MostMoments)
                chosen._moments[@event.Sequence] = (await pool.AfterAsync(@event.Sequence - 1, cancellation), why, [.. why.Attempt > 1 ? tried : []]);
            if (@event.Data is PlacementFailed failed) tried.Add(failed.ServerId);
        }

        return chosen;
    }

    /// <summary>The host of a server that was in the pool then; null if none knows it.</summary>
    public string? HostOf(string serverId) => _moments.Values
        .Select(moment => moment.Pool.Servers.TryGetValue(serverId, out var server) ? HostOf(server) : null).FirstOrDefault(host => host is not null);

    /// <summary>The step with the servers that could not be chosen.</summary>
    public StoryStep Complete(StoryStep step, Func<string, string> nameOf)
    {
        if (step.Choice is not { } choice || !_moments.TryGetValue(step.Number, out var moment)) return step;
        var considered = moment.Why.Considered.Select(c => c.ServerId).ToHashSet(StringComparer.Ordinal);
        return step with
        {
            Choice = choice with
            {
                Considered = [.. choice.Considered.Select(candidate => candidate with { State = StateOf(candidate.ServerId, moment.Pool) })],
                NoCandidates =
                [
                    .. moment.Pool.ServersInOrder.Where(server => !considered.Contains(server.Id))
                        .Select(server => (Server: server, Why: WhyNot(server, moment.Pool, moment.Why, moment.Tried)))
                        .Where(server => server.Why is not null)
                        .Select(server => new StoryNoCandidate(server.Server.Id, nameOf(server.Server.Id), server.Why!)),
                ],
            },
        };
    }

    /// <summary>Null for one that could have been chosen, and is not shown because others had less load.</summary>
    private string? WhyNot(PastServer server, PoolState pool, PlacementReason why, HashSet<string> tried) => server switch
    {
        { State: AdministrativeState.Disabled } => "disabled",
        { State: AdministrativeState.Cordoned } => "cordoned",
        { Health: Health.Offline } => "offline",
        { Health: Health.Suspect } => "suspect",
        { Failures: > 0 } => "last poll failed",
        _ when tried.Contains(server.Id) => "tried before",
        _ when pool.MeetingsOn(server.Id).TryGetValue(_meetingId, out _) => "has a meeting with this id",
        _ when !TagRequest.Parse(why.Tag).Accepts(server.Tag) => server.Tag is { } tag ? $"tag {tag}" : "untagged",
        _ when why.Candidates > why.Considered.Count => null,
        _ => "for a reason that the events do not tell",
    };

    private static string? StateOf(string serverId, PoolState pool) => pool.Servers.TryGetValue(serverId, out var server)
        ? $"{server.State.ToString().ToLowerInvariant()}, {server.Health.ToString().ToLowerInvariant()}"
        : null;

    private static string? HostOf(PastServer server) => Uri.TryCreate(server.Url, UriKind.Absolute, out var url) ? url.Host : null;
}
