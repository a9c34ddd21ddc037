namespace Scalelite.Workers.Imports;

/// <summary>
/// Tells which archives in the spool are whole: those that were renamed to their name, and those whose size and time were the same in two
/// looks. Others may still grow.
/// </summary>
internal sealed class SettledArrivals(TimeProvider time, TimeSpan apart)
{
    private readonly Dictionary<string, Seen> _seen = new(StringComparer.Ordinal);

    /// <summary>Of what a look found, what may be taken now.</summary>
    /// <param name="renamed">Whether an archive was seen to be renamed to its name.</param>
    public IReadOnlyList<Arrival> Of(IReadOnlyList<Arrival> found, Func<string, bool> renamed)
    {
        var now = time.GetTimestamp();
        foreach (var gone in _seen.Keys.Except(found.Select(arrival => arrival.Name)).ToList()) _seen.Remove(gone);
        var settled = new List<Arrival>();
        foreach (var arrival in found)
        {
            if (!_seen.TryGetValue(arrival.Name, out var seen) || seen.Arrival != arrival) _seen[arrival.Name] = seen = new Seen(arrival, now);
            if (renamed(arrival.Name) || time.GetElapsedTime(seen.Since, now) >= apart) settled.Add(arrival);
        }

        return settled;
    }

    private readonly record struct Seen(Arrival Arrival, long Since);
}
