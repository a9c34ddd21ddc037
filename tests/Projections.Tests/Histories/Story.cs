namespace Scalelite.Projections.Tests.Histories;

/// <summary>An event of a story.</summary>
/// <param name="After">Numbers of the events that whoever wrote this one had read: no order of the log puts it before them.</param>
internal sealed record Told(string Stream, object Event, IReadOnlyList<int> After);

/// <summary>Events in an order in which they may have happened, each with what had to happen before it.</summary>
internal sealed class Story
{
    private readonly List<Told> _events = [];
    private readonly Dictionary<string, int> _lastOf = new(StringComparer.Ordinal);

    public IReadOnlyList<Told> Events => _events;

    /// <summary>Adds an event after the last one of its stream and after those named; returns its number.</summary>
    public int Tell(string stream, object @event, params IEnumerable<int> after)
    {
        var causes = after.Where(cause => cause >= 0);
        _events.Add(new Told(stream, @event, [.. _lastOf.TryGetValue(stream, out var last) ? causes.Append(last) : causes]));
        return _lastOf[stream] = _events.Count - 1;
    }

    /// <summary>The numbers of the events in another order that they may have happened in.</summary>
    public int[] Shuffled(Random random)
    {
        var waitsFor = _events.Select(told => told.After.Distinct().Count()).ToArray();
        var next = _events.SelectMany((told, i) => told.After.Distinct().Select(cause => (cause, i))).ToLookup(e => e.cause, e => e.i);
        var ready = Enumerable.Range(0, _events.Count).Where(i => waitsFor[i] == 0).ToList();
        var order = new List<int>();
        while (ready.Count > 0)
        {
            // Now the one that waits longest, now the youngest: swaps between neighbours, and across the whole story.
            var at = random.Next(4) switch { 0 => 0, 1 => ready.Count - 1, _ => random.Next(ready.Count) };
            var chosen = ready[at];
            ready.RemoveAt(at);
            order.Add(chosen);
            ready.AddRange(next[chosen].Where(i => --waitsFor[i] == 0));
        }

        return [.. order];
    }
}
