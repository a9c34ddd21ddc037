using System.Globalization;
using Scalelite.Domain.Imbalance;

namespace Scalelite.Api.CommandLine.Imbalance;

/// <summary>What was measured, for a person at a terminal.</summary>
internal static class ImbalanceTable
{
    /// <summary>As many buckets are shown without asking; of more the worst.</summary>
    public const int FewBuckets = 60;

    private const int SparklineWidth = 60;

    /// <summary>Prints it.</summary>
    /// <param name="top">How many of the worst buckets and moments.</param>
    public static int Write(CommandScope scope, MeasuredHistory history, int top, bool all)
    {
        var (report, range) = (history.Report, history.Report.Range);
        scope.Out.WriteLine($"{Heading(history)}, {Buckets(report)}");
        if (history.IsEmpty)
        {
            scope.Out.WriteLine("No server took meetings, and none was placed");
            return ExitCode.Done;
        }

        scope.Out.WriteLine();
        WriteOverall(scope, report.Overall, history);
        scope.Out.WriteLine();
        WriteSparklines(scope, report.Buckets);
        scope.Out.WriteLine();

        var shown = all || report.Buckets.Count <= FewBuckets
            ? report.Buckets
            : [.. report.Buckets.OrderByDescending(bucket => Excess(bucket.Measures)).Take(top).OrderBy(bucket => bucket.From)];
        if (shown.Count < report.Buckets.Count)
            scope.Out.WriteLine($"The {Number(shown.Count)} worst of {Number(report.Buckets.Count)} buckets, by users on the busiest server above the mean (--all shows all):");
        var withDay = range.From.UtcDateTime.Date != range.To.AddTicks(-1).UtcDateTime.Date;
        scope.WriteList(
            shown, false, "",
            new("from", bucket => bucket.From.UtcDateTime.ToString(withDay ? "yyyy-MM-dd HH:mm:ss" : "HH:mm:ss", CultureInfo.InvariantCulture)),
            new("load", bucket => MeasureLines.Load(bucket.Measures.Load), IsNumber: true),
            new("max/mean", bucket => MeasureLines.Ratio(bucket.Measures.MaxToMean), IsNumber: true),
            new("CV", bucket => MeasureLines.Ratio(bucket.Measures.Variation), IsNumber: true),
            new("Gini", bucket => MeasureLines.Ratio(bucket.Measures.Gini), IsNumber: true),
            new("busiest", bucket => bucket.Measures.Busiest is { } id ? history.NameOf(id) : null),
            new("of load", bucket => MeasureLines.Share(bucket.Measures.BusiestShareOfLoad), IsNumber: true),
            new("placed", bucket => Number(bucket.Measures.Placements), IsNumber: true),
            new("most onto", bucket => bucket.Measures.MostPlacedOnto is { } id ? history.NameOf(id) : null),
            new("of placed", bucket => MeasureLines.Share(bucket.Measures.BusiestShareOfPlacements), IsNumber: true),
            new("run", bucket => bucket.Measures.Placements == 0 ? null : Number(bucket.Measures.LongestRun), IsNumber: true),
            new("polls p50", bucket => MeasureLines.Seconds(bucket.Measures.PollAge?.Median), IsNumber: true),
            new("p95", bucket => MeasureLines.Seconds(bucket.Measures.PollAge?.P95), IsNumber: true),
            new("max", bucket => MeasureLines.Seconds(bucket.Measures.PollAge?.Max), IsNumber: true));
        WriteMoments(scope, history, top);
        return ExitCode.Done;
    }

    /// <summary><c>2026-03-02 07:00:00 to 2026-03-02 09:00:00 UTC, servers tagged music</c>.</summary>
    public static string Heading(MeasuredHistory history)
    {
        var range = history.Report.Range;
        var tag = history.Question.Tag switch
        {
            null => "",
            ImbalanceQuestion.Untagged => ", untagged servers",
            var named => $", servers tagged {Listing.Printable(named)}",
        };
        return $"{Day(range.From)} to {Day(range.To)} UTC{tag}";

        static string Day(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);
    }

    /// <summary><c>120 buckets of 1m</c>.</summary>
    public static string Buckets(ImbalanceReport report)
    {
        var (width, asked) = (Width(report.Range.Width), report.Range.Bucket);
        return report.Range.Width == asked
            ? $"{Number(report.Buckets.Count)} buckets of {width}"
            : $"{Number(report.Buckets.Count)} buckets of {width}, as {Width(asked)} would be too many";
    }

    /// <summary><c>1h30m</c>.</summary>
    public static string Width(TimeSpan width) => string.Concat(
        Part((int)width.TotalDays, "d"), Part(width.Hours, "h"), Part(width.Minutes, "m"), Part(width.Seconds, "s"));

    private static string Part(int number, string unit) => number == 0 ? "" : Number(number) + unit;

    private static void WriteOverall(CommandScope scope, ImbalanceMeasures overall, MeasuredHistory history)
    {
        var width = MeasureLines.All.Max(line => line.Title.Length);
        var busiest = overall.Busiest is { } id ? $"   furthest above the mean: {Listing.Printable(history.NameOf(id))}" : "";
        var most = overall.MostPlacedOnto is { } onto ? $"   onto {Listing.Printable(history.NameOf(onto))}" : "";
        foreach (var line in MeasureLines.All)
        {
            var note = line.Title.EndsWith("of load", StringComparison.Ordinal) ? busiest
                : line.Title.EndsWith("of placements", StringComparison.Ordinal) ? most
                : line.Even.Length > 0 ? $"   {line.Even}" : "";
            scope.Out.WriteLine($"{line.Title.PadRight(width)}  {line.Of(overall) ?? "–",8}{note}".TrimEnd());
        }
    }

    private static void WriteSparklines(CommandScope scope, IReadOnlyList<ImbalanceBucket> buckets)
    {
        Write("load", buckets.Select(bucket => bucket.Measures.Load), 0, MeasureLines.Load);
        Write("placements", buckets.Select(bucket => (double?)bucket.Measures.Placements), 0, MeasureLines.Load);
        Write("max/mean", buckets.Select(bucket => bucket.Measures.MaxToMean), 1, MeasureLines.Ratio);
        Write("Gini", buckets.Select(bucket => bucket.Measures.Gini), 0, MeasureLines.Ratio);
        Write("polls max", buckets.Select(bucket => bucket.Measures.PollAge?.Max), 0, MeasureLines.Seconds);

        void Write(string title, IEnumerable<double?> numbers, double least, Func<double?, string?> text)
        {
            double?[] all = [.. numbers];
            scope.Out.WriteLine($"{title,-10}  {Sparkline.Of(Columns(all, least))}  up to {text(all.Max()) ?? "–"}");
        }
    }

    // Of several buckets in one column the largest is drawn: it is the outliers that one looks for.
    private static double[] Columns(double?[] numbers, double least)
    {
        var columns = new double[Math.Min(SparklineWidth, numbers.Length)];
        for (var i = 0; i < numbers.Length; i++)
        {
            var column = (int)((long)i * columns.Length / numbers.Length);
            columns[column] = Math.Max(columns[column], (numbers[i] ?? least) - least);
        }

        return columns;
    }

    private static void WriteMoments(CommandScope scope, MeasuredHistory history, int top)
    {
        var moments = history.Report.Moments;
        scope.Out.WriteLine(moments.Count == 0 ? "No moment was bad: no server had much more than the others" : "The worst moments, the worst first:");
        var indent = "  ";
        foreach (var moment in moments.Take(top))
        {
            var text = MomentWords.Of(moment, history);
            scope.Out.WriteLine($"{indent}{text.When}: {text.What}");
            foreach (var why in text.Why) scope.Out.WriteLine($"{indent}    {why}");
            if (text.Why.Count == 0) scope.Out.WriteLine($"{indent}    no event shows why");
        }
    }

    private static double Excess(ImbalanceMeasures measures) =>
        measures is { MaxToMean: { } ratio, Load: { } load, Servers: > 0 } ? (ratio - 1) * load / measures.Servers.Value : 0;

    private static string Number(long number) => MeasureLines.Number(number);
}
