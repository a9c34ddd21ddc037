using Scalelite.Domain.Joins;

namespace Scalelite.Domain.Keeping;

/// <summary>Rolls the joins that one process routed in one hour up, a minute each: that in which they were written (<see cref="JoinsRouted.To"/>).</summary>
/// <param name="stream">The stream that holds them.</param>
public sealed class RoutedHour(string stream)
{
    private readonly Dictionary<(DateTimeOffset Minute, Guid Instance, string ServerId), int> _joins = [];

    /// <summary>Adds a <see cref="JoinsRouted"/>.</summary>
    /// <returns>False where it is none: then it can't be rolled up.</returns>
    public bool Add(object @event)
    {
        if (@event is not JoinsRouted routed) return false;
        var to = routed.To.ToUniversalTime();
        var minute = new DateTimeOffset(to.Year, to.Month, to.Day, to.Hour, to.Minute, 0, TimeSpan.Zero);
        foreach (var joins in routed.Joins)
        {
            var key = (minute, joins.Instance, joins.ServerId);
            _joins[key] = _joins.GetValueOrDefault(key) + joins.Count;
        }

        return true;
    }

    /// <summary>All that was added, in order of time, meeting and server.</summary>
    public JoinsRolledUp RollUp(DateTimeOffset at) => new(
        stream,
        [.. _joins
            .OrderBy(joins => joins.Key.Minute).ThenBy(joins => joins.Key.Instance).ThenBy(joins => joins.Key.ServerId, StringComparer.Ordinal)
            .Select(joins => new JoinMinute(joins.Key.Instance, joins.Key.ServerId, joins.Key.Minute, joins.Value))],
        at);
}
