using System.Globalization;
using Scalelite.Domain.Imbalance;

namespace Scalelite.Api.CommandLine.Imbalance;

/// <summary>The buckets as CSV (RFC 4180, but lines end as the system's do), a heading first: names as in the JSON, nothing where there is no value.</summary>
internal static class ImbalanceCsv
{
    private static readonly (string Name, Func<ImbalanceBucket, string?> Of)[] Columns =
    [
        ("from", bucket => bucket.From.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'", CultureInfo.InvariantCulture)),
        ("load", bucket => Number(bucket.Measures.Load)),
        ("servers", bucket => Number(bucket.Measures.Servers)),
        ("max_to_mean", bucket => Number(bucket.Measures.MaxToMean)),
        ("variation", bucket => Number(bucket.Measures.Variation)),
        ("gini", bucket => Number(bucket.Measures.Gini)),
        ("busiest_share_of_load", bucket => Number(bucket.Measures.BusiestShareOfLoad)),
        ("busiest", bucket => bucket.Measures.Busiest),
        ("placements", bucket => MeasureLines.Number(bucket.Measures.Placements)),
        ("busiest_share_of_placements", bucket => Number(bucket.Measures.BusiestShareOfPlacements)),
        ("most_placed_onto", bucket => bucket.Measures.MostPlacedOnto),
        ("longest_run", bucket => MeasureLines.Number(bucket.Measures.LongestRun)),
        ("poll_age_p50", bucket => Number(bucket.Measures.PollAge?.Median)),
        ("poll_age_p95", bucket => Number(bucket.Measures.PollAge?.P95)),
        ("poll_age_max", bucket => Number(bucket.Measures.PollAge?.Max)),
    ];

    public static void Write(TextWriter writer, ImbalanceReport report)
    {
        writer.WriteLine(string.Join(',', Columns.Select(column => column.Name)));
        foreach (var bucket in report.Buckets) writer.WriteLine(string.Join(',', Columns.Select(column => Quoted(column.Of(bucket)))));
    }

    private static string? Number(double? value) => ImbalanceDocument.Round(value)?.ToString(CultureInfo.InvariantCulture);

    private static string Quoted(string? text) =>
        text is null ? "" : text.AsSpan().ContainsAny(",\"\r\n") ? $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : text;
}
