namespace Scalelite.Domain.Imbalance;

/// <summary>Counts ages in bounded memory: to a tenth of a second, above ten minutes to one percent.</summary>
internal sealed class PollAgeTally
{
    private const int Exact = 6000;

    // Above Exact the keys go on by the logarithm, so that their order is that of the ages.
    private static readonly double Step = Math.Log(1.01);

    private readonly Dictionary<int, long> counts = [];
    private long total;
    private TimeSpan max;

    public void Add(TimeSpan age)
    {
        if (age < TimeSpan.Zero) age = TimeSpan.Zero;
        if (age > max) max = age;
        var tenths = Math.Round(age.TotalSeconds * 10);
        var key = tenths <= Exact ? (int)tenths : Exact + 1 + (int)(Math.Log(tenths / Exact) / Step);
        counts[key] = counts.GetValueOrDefault(key) + 1;
        total++;
    }

    public void Clear()
    {
        counts.Clear();
        (total, max) = (0, TimeSpan.Zero);
    }

    /// <summary>Null where none was counted.</summary>
    public PollAges? Ages()
    {
        if (total == 0) return null;
        var keys = counts.Keys.ToArray();
        Array.Sort(keys);
        return new(Percentile(keys, 50), Percentile(keys, 95), Math.Round(max.TotalSeconds, 1));
    }

    private double Percentile(int[] keys, int percent)
    {
        var rank = ((total * percent) + 99) / 100;
        foreach (var key in keys)
        {
            rank -= counts[key];
            if (rank <= 0) return Math.Min(SecondsOf(key), Math.Round(max.TotalSeconds, 1));
        }

        return max.TotalSeconds;
    }

    private static double SecondsOf(int key) =>
        key <= Exact ? key / 10.0 : Math.Round(Exact / 10.0 * Math.Exp((key - Exact) * Step), 1);
}
