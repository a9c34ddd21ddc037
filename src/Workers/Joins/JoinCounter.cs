using Scalelite.Domain.Joins;

namespace Scalelite.Workers.Joins;

/// <summary>
/// Counts the joins that this process routes, in memory: nothing is written on a caller's path. <see cref="JoinFlush"/> takes the
/// counts every second; a process that is killed loses at most those of its last second.
/// </summary>
public sealed class JoinCounter
{
    /// <summary>Meetings whose joins are kept while PostgreSQL is away; joins of further ones are not counted.</summary>
    private const int MostMeetings = 200_000;

    private readonly TimeProvider _time;
    private readonly Lock _lock = new();
    private Dictionary<(Guid Instance, string ServerId), int> _counts = [];
    private DateTimeOffset _from;

    /// <summary>A counter at zero.</summary>
    public JoinCounter(TimeProvider time)
    {
        _time = time;
        _from = time.GetUtcNow();
    }

    /// <summary>Counts a join of a meeting that is sent to a server.</summary>
    public void Count(Guid instance, string serverId)
    {
        lock (_lock) Add((instance, serverId), 1);
    }

    /// <summary>What was counted since the last take; null if nothing was.</summary>
    internal JoinsRouted? Take()
    {
        var to = _time.GetUtcNow();
        Dictionary<(Guid Instance, string ServerId), int> counts;
        DateTimeOffset from;
        lock (_lock)
        {
            (counts, from, _from) = (_counts, _from, to);
            if (counts.Count == 0) return null;
            _counts = [];
        }

        // In one order in every process, so that two of them seldom wait for each other's rows.
        var joins = counts.Select(c => new RoutedJoins(c.Key.Instance, c.Key.ServerId, c.Value)).OrderBy(j => j.Instance).ToArray();
        return new JoinsRouted(from, to, joins);
    }

    /// <summary>Counts again what could not be written.</summary>
    internal void PutBack(JoinsRouted taken)
    {
        lock (_lock)
        {
            _from = taken.From;
            foreach (var join in taken.Joins) Add((join.Instance, join.ServerId), join.Count);
        }
    }

    private void Add((Guid Instance, string ServerId) meeting, int joins)
    {
        if (_counts.TryGetValue(meeting, out var before)) _counts[meeting] = before + joins;
        else if (_counts.Count < MostMeetings) _counts.Add(meeting, joins);
    }
}
