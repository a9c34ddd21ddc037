using System.Globalization;
using System.Text;
using Scalelite.Domain.Imbalance;

namespace Scalelite.Api.CommandLine.Imbalance.Html;

/// <summary>A line of a chart.</summary>
/// <param name="Class">Its colour, by the page's style.</param>
internal sealed record ChartLine(string Name, string Class, Func<ImbalanceMeasures, double?> Of);

/// <summary>A measure over time.</summary>
/// <param name="Note">What an even pool would have.</param>
/// <param name="Least">The lower end of its scale.</param>
/// <param name="Text">A value in words.</param>
internal sealed record Chart(string Title, string Note, double Least, Func<double?, string?> Text, params IReadOnlyList<ChartLine> Lines);

/// <summary>The measures as line charts, below each other and below the heat map, so that a moment stands in one column.</summary>
internal sealed class LineCharts
{
    private const double Height = 112;
    private const double Top = 14;
    private const double Bottom = 92;

    // More points than the picture has dots: of several buckets the largest value is drawn.
    private const int MostPoints = 720;

    // The share of one placement is always all.
    private const int FewPlacements = 5;

    private readonly IReadOnlyList<ImbalanceBucket> _buckets;
    private readonly TimeAxis _axis;
    private readonly ImbalanceRange _range;

    public LineCharts(ImbalanceReport report, TimeAxis axis)
    {
        (_buckets, _axis, _range) = (report.Buckets, axis, report.Range);
        PerPoint = (int)Math.Ceiling((double)_buckets.Count / MostPoints);
        Points = (int)Math.Ceiling((double)_buckets.Count / PerPoint);
    }

    /// <summary>The charts, from the top.</summary>
    public static IReadOnlyList<Chart> All { get; } =
    [
        new("Load of the pool", "in users times multipliers", 0, MeasureLines.Load, new ChartLine("load", "a", measures => measures.Load)),
        new("Placements", "in a bucket", 0, MeasureLines.Load, new ChartLine("placements", "a", measures => measures.Placements)),
        new("Max/mean load", "1 is even", 1, MeasureLines.Ratio, new ChartLine("max/mean", "a", measures => measures.MaxToMean)),
        new("Coefficient of variation and Gini", "0 is even", 0, MeasureLines.Ratio,
            new ChartLine("CV", "a", measures => measures.Variation), new ChartLine("Gini", "b", measures => measures.Gini)),
        new("Share of the busiest server", $"1/servers is even; of placements where a bucket has {FewPlacements} or more", 0, MeasureLines.Share,
            new ChartLine("of load", "a", measures => measures.BusiestShareOfLoad),
            new ChartLine("of placements", "b", measures => measures.Placements >= FewPlacements ? measures.BusiestShareOfPlacements : null)),
        new("Longest run of placements onto one server", "1 is even", 0, MeasureLines.Load,
            new ChartLine("run", "a", measures => measures.Placements == 0 ? null : measures.LongestRun)),
        new("Age of the polls at placement", "older polls know less", 0, MeasureLines.Seconds,
            new ChartLine("max", "b", measures => measures.PollAge?.Max), new ChartLine("p95", "c", measures => measures.PollAge?.P95),
            new ChartLine("p50", "a", measures => measures.PollAge?.Median)),
    ];

    /// <summary>How many buckets make a point.</summary>
    public int PerPoint { get; }

    /// <summary>How many points a line has.</summary>
    public int Points { get; }

    /// <summary>The values of a line, a point each.</summary>
    public double?[] Values(ChartLine line)
    {
        var values = new double?[Points];
        for (var i = 0; i < _buckets.Count; i++)
        {
            if (line.Of(_buckets[i].Measures) is { } value && !(value <= values[i / PerPoint])) values[i / PerPoint] = value;
        }

        return values;
    }

    public void Write(MarkupWriter page)
    {
        for (var i = 0; i < All.Count; i++) Write(page, All[i], i);
    }

    private void Write(MarkupWriter page, Chart chart, int number)
    {
        var lines = chart.Lines.Select(line => (Line: line, Values: Values(line))).ToArray();
        var highest = lines.SelectMany(line => line.Values).Max() ?? chart.Least;
        var most = highest > chart.Least ? highest : chart.Least + 1;
        page.Element("figure", () =>
        {
            page.Element("figcaption", () =>
            {
                page.Element("b", chart.Title);
                page.Element("span", chart.Note, ("class", "note"));
                if (lines.Length > 1) foreach (var (line, _) in lines) page.Element("span", line.Name, ("class", $"key {line.Class}"));
            });
            page.Element("svg", () =>
            {
                page.Element("title", $"{chart.Title}: {string.Join(", ", lines.Select(line => $"{line.Line.Name} up to {chart.Text(line.Values.Max()) ?? "nothing"}"))}");
                _axis.Write(page, Top, Bottom, Bottom + 14);
                WriteScale(page, chart, most, Top);
                WriteScale(page, chart, chart.Least, Bottom);
                foreach (var (line, values) in lines)
                    page.Empty("path", ("class", $"line {line.Class}"), ("d", Path(values, chart.Least, most)));
                page.Empty("line", ("class", "hair"), ("y1", Number(Top)), ("y2", Number(Bottom)), ("x1", "0"), ("x2", "0"), ("visibility", "hidden"));
            }, ("class", "chart"), ("data-chart", MeasureLines.Number(number)), ("viewBox", $"0 0 {Number(TimeAxis.Width)} {Number(Height)}"), ("role", "img"), ("tabindex", "0"),
                ("aria-label", chart.Title));
        });
    }

    private static void WriteScale(MarkupWriter page, Chart chart, double value, double y)
    {
        page.Empty("line", ("class", "base"), ("x1", Number(TimeAxis.Left)), ("x2", Number(TimeAxis.Left + TimeAxis.Plot)), ("y1", Number(y)), ("y2", Number(y)));
        page.Element("text", chart.Text(value), ("class", "tick"), ("x", Number(TimeAxis.Left - 8)), ("y", Number(y)), ("text-anchor", "end"), ("dominant-baseline", "central"));
    }

    // A bucket's value holds for all of it: steps, with gaps where there is none.
    private string Path(double?[] values, double least, double most)
    {
        var path = new StringBuilder();
        var width = _range.Width * PerPoint;
        var drawing = false;
        for (var i = 0; i < values.Length; i++)
        {
            if (values[i] is not { } value)
            {
                drawing = false;
                continue;
            }

            var y = Bottom - ((Bottom - Top) * Math.Clamp((value - least) / (most - least), 0, 1));
            var from = _range.From + (width * i);
            var end = from + width < _range.To ? from + width : _range.To;
            path.Append(CultureInfo.InvariantCulture, $"{(drawing ? 'L' : 'M')}{Number(_axis.X(from))} {Number(y)}H{Number(_axis.X(end))}");
            drawing = true;
        }

        return path.ToString();
    }

    private static string Number(double value) => MarkupWriter.Number(value);
}
