using Scalelite.Domain.Imbalance;

namespace Scalelite.Api.CommandLine.Imbalance;

/// <summary>What is to be measured.</summary>
/// <param name="Tag">Only servers with this tag and the placements onto them, <c>none</c> for untagged ones; null: all.</param>
/// <param name="Grid">For a picture.</param>
internal sealed record ImbalanceQuestion(ImbalanceRange Range, string? Tag, int Moments, bool Grid)
{
    /// <summary>What untagged servers are asked for by.</summary>
    public const string Untagged = "none";

    /// <summary>Reads how long a bucket is: <c>30s</c>, <c>1m</c>, <c>1h</c>, <c>1d</c>.</summary>
    /// <returns>False where it is not written so, or shorter than a second.</returns>
    public static bool TryReadBucket(string text, out TimeSpan bucket)
    {
        bucket = TimeSpan.Zero;
        var unit = text.Length < 2 ? 0 : text[^1] switch { 's' => 1, 'm' => 60, 'h' => 3600, 'd' => 86_400, _ => 0 };
        if (unit == 0 || text.Length > 6 || !int.TryParse(text.AsSpan(0, text.Length - 1), System.Globalization.NumberStyles.None, null, out var number) || number == 0)
            return false;
        bucket = TimeSpan.FromSeconds((double)number * unit);
        return true;
    }

    /// <summary>How a bucket is written.</summary>
    public const string BucketWritten = "a number with s, m, h or d, such as 30s, 1m or 1h";

    /// <summary>The range; what lies in the future is left out.</summary>
    /// <returns>What is wrong with it, in a sentence; null where it is right.</returns>
    public static string? WhyNot(DateTimeOffset from, DateTimeOffset to, TimeSpan bucket, DateTimeOffset now, out ImbalanceRange range)
    {
        var why = ImbalanceRange.WhyNot(from, to, bucket) ?? (from >= now ? "The range lies in the future" : null);
        range = new ImbalanceRange(from, why is null && to > now ? now : to, bucket);
        return why;
    }
}
