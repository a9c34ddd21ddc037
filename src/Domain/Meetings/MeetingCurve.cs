namespace Scalelite.Domain.Meetings;

/// <summary>A meeting's size over its time.</summary>
/// <param name="Peak">The most users that a poll showed.</param>
/// <param name="Mean">Users, averaged over the polls.</param>
/// <param name="Points">Users at equal distances from start to end.</param>
public sealed record MeetingCurve(int Peak, double Mean, IReadOnlyList<int> Points)
{
    /// <summary>Of a meeting that no poll saw.</summary>
    public static MeetingCurve None { get; } = new(0, 0, []);

    /// <summary>The curve of samples that were taken at equal distances.</summary>
    public static MeetingCurve Of(IReadOnlyList<int> samples) =>
        samples.Count == 0 ? None : new(samples.Max(), Math.Round(samples.Average(), 2), Reduce(samples));

    /// <summary>At most so many points: each is the mean of its share of the samples, rounded.</summary>
    public static IReadOnlyList<int> Reduce(IReadOnlyList<int> samples, int points = 60)
    {
        if (samples.Count <= points)
            return [.. samples];
        var reduced = new int[points];
        for (var i = 0; i < points; i++)
        {
            var (from, to) = ((int)((long)i * samples.Count / points), (int)((long)(i + 1) * samples.Count / points));
            long sum = 0;
            for (var at = from; at < to; at++)
                sum += samples[at];
            reduced[i] = (int)Math.Round((double)sum / (to - from), MidpointRounding.AwayFromZero);
        }

        return reduced;
    }
}
