using Scalelite.Domain.History;
using Scalelite.Domain.Placement;
using Scalelite.Projections.Servers;

namespace Scalelite.Workers.History;

/// <summary>The pool as it was.</summary>
/// <param name="At">The moment that was asked for; now, where it was to come.</param>
/// <param name="Number">The state is that after the events up to this number of the log; 0: before the first.</param>
/// <param name="NumberAt">When the event with that number was written; null before the first, and where that event is pruned.</param>
/// <param name="Pruned">What is left, by server, where the polls of that time are pruned: what they showed in a minute.</param>
public sealed record PoolMoment(
    PoolState State, DateTimeOffset At, long Number, DateTimeOffset? NumberAt, IReadOnlyDictionary<string, PastMinute> Pruned)
{
    /// <summary>Every server with its load, in order of registration. Where polls are pruned, figures that polls show are those of a minute.</summary>
    /// <param name="minimumUsers">LOAD_MIN_USER_COUNT.</param>
    /// <param name="joinBuffer">LOAD_JOIN_BUFFER_TIME.</param>
    public IReadOnlyList<LoadedServer> Servers(int minimumUsers, TimeSpan joinBuffer) =>
        [.. State.ServersInOrder.Select(server => Loaded(server, State.LoadOf(server, minimumUsers, At - joinBuffer)))];

    private LoadedServer Loaded(PastServer server, ServerLoad load)
    {
        if (!Pruned.TryGetValue(server.Id, out var minute)) return LoadedServer.Of(server, load);
        var shown = load with { Meetings = minute.Meetings, Seen = minute.Load ?? minute.Users, Unseen = 0, PolledAt = minute.Minute };
        return LoadedServer.Of(server, shown) with
        {
            PolledAt = minute.Minute,
            Users = minute.Users,
            Videos = minute.Videos,
            LargestMeeting = 0,
            Failures = 0,
            Error = null,
        };
    }

    /// <summary>What the meeting's server said last of its size; null if it has not named it yet, or the poll that did is pruned.</summary>
    public int? UsersOf(PastMeeting meeting) => Pruned.ContainsKey(meeting.ServerId) ? null : State.UsersOf(meeting);
}

/// <summary>What the polls of a server showed in a minute: the most of each.</summary>
/// <param name="Minute">Its beginning (UTC).</param>
/// <param name="Load">In users, before the multiplier; null where no poll said it.</param>
public sealed record PastMinute(DateTimeOffset Minute, long? Load, int Meetings, int Users, int Videos);

/// <summary>A stretch of the history.</summary>
/// <param name="Start">The pool at its beginning; it is the caller's, to apply the events to.</param>
/// <param name="UpTo">The number of its last event.</param>
/// <param name="Events">The pool's events since, in order of number, read as they are asked for.</param>
public sealed record PoolReplay(PoolMoment Start, long UpTo, IAsyncEnumerable<PoolEvent> Events);

/// <summary>An event of the pool: one of <see cref="PoolEvents.ByName"/>.</summary>
/// <param name="Number">In the log.</param>
/// <param name="Timestamp">When it was written, by its writer's clock. Numbers do not rise with it strictly.</param>
/// <param name="Data">The event.</param>
public readonly record struct PoolEvent(long Number, DateTimeOffset Timestamp, object Data);
