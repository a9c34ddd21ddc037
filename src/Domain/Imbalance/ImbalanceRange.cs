namespace Scalelite.Domain.Imbalance;

/// <summary>The time that is measured, from <paramref name="From"/> until just before <paramref name="To"/>, in buckets of equal width.</summary>
/// <param name="Bucket">The width that was asked for, a second at least; see <see cref="Width"/>.</param>
public sealed record ImbalanceRange(DateTimeOffset From, DateTimeOffset To, TimeSpan Bucket)
{
    /// <summary>The most buckets that are kept, whatever was asked for: a week in minutes, a year in hours.</summary>
    public const int MostBuckets = 10_080;

    private static readonly TimeSpan OneMinute = TimeSpan.FromMinutes(1);

    /// <summary>The width of the buckets that are kept: the one that was asked for, or the smallest multiple of it that makes at most <see cref="MostBuckets"/>.</summary>
    public TimeSpan Width { get; } = Bucket * Math.Max(1, Math.Ceiling((To - From) / Bucket / MostBuckets));

    /// <summary>How many buckets there are; the last one may be shorter.</summary>
    public int Buckets => (int)Math.Ceiling((To - From) / Width);

    /// <summary>
    /// How often the loads are worth a sample: a bucket, at most a minute; beyond a month five minutes, so that a year of a thousand servers takes seconds.
    /// </summary>
    public TimeSpan SampleEvery =>
        To - From > TimeSpan.FromDays(31) ? TimeSpan.FromMinutes(5) : Width < OneMinute ? Width : OneMinute;

    /// <summary>Why it cannot be measured, in a sentence; null where it can.</summary>
    public static string? WhyNot(DateTimeOffset from, DateTimeOffset to, TimeSpan bucket) =>
        to == from ? "The range is empty: from and to are the same moment"
        : to < from ? "The range is inverted: to lies before from"
        : bucket < TimeSpan.FromSeconds(1) ? "A bucket is a second at least"
        : null;

    /// <summary>When a bucket begins.</summary>
    public DateTimeOffset BeginOf(int bucket) => From + (Width * bucket);

    /// <summary>The bucket that a moment of the range lies in.</summary>
    internal int BucketOf(DateTimeOffset at) => (int)((at - From).Ticks / Width.Ticks);
}
