using System.Globalization;
using System.Security;
using System.Text;
using Scalelite.Domain.Imbalance;
using Scalelite.Domain.WhatIf;

namespace Scalelite.Api.CommandLine.WhatIf;

/// <summary>The load of the busiest server over that of the mean server, over time: a strip for each side, all to one scale, as SVG.</summary>
internal static class WhatIfPicture
{
    private const int Left = 60;
    private const int Width = 840;
    private const int Top = 64;
    private const int Strip = 112;
    private const int Gap = 34;
    private const int Right = 20;
    private const int MostColumns = 420;

    /// <summary>The picture; a file of its own, without script, font or anything from elsewhere.</summary>
    public static string Draw(WhatIfResult result)
    {
        var height = Top + (result.Sides.Count * (Strip + Gap)) + 12;
        var strips = result.Sides.Select(side => Strips(side, result)).ToList();
        var most = Round(strips.Max(strip => strip.Max(column => column?.Busiest ?? 0)));
        var svg = new StringBuilder();
        Line(svg, $"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {Left + Width + Right} {height}" width="{Left + Width + Right}" height="{height}" font-family="sans-serif" font-size="12">""");
        Line(svg, $"""<rect width="100%" height="100%" fill="#ffffff"/>""");
        Line(svg, $"""<text x="{Left}" y="22" font-size="16" font-weight="bold" fill="#222222">{Text(result.Scenario?.Name ?? "What if")}: users on the busiest server, and on the mean of all</text>""");
        Line(svg, $"""<rect x="{Left}" y="34" width="14" height="10" fill="#d62728" fill-opacity="0.75"/><text x="{Left + 20}" y="43" fill="#444444">busiest server</text>""");
        Line(svg, $"""<rect x="{Left + 130}" y="34" width="14" height="10" fill="#1f4e79"/><text x="{Left + 150}" y="43" fill="#444444">mean of all servers</text>""");
        for (var i = 0; i < strips.Count; i++) Draw(svg, result, result.Sides[i], strips[i], Top + (i * (Strip + Gap)) + 18, most);
        svg.Append("</svg>\n");
        return svg.ToString();
    }

    private static void Draw(StringBuilder svg, WhatIfResult result, SideOutcome side, Column?[] columns, int top, double most)
    {
        var bottom = top + Strip - 18;
        var peak = WhatIfTable.PeakLoad(side) ?? 0;
        Line(svg, $"""<text x="{Left}" y="{top - 6}" font-weight="bold" fill="#222222">{Text(side.Side.Name)}</text>""");
        Line(svg, $"""<text x="{Left + Width}" y="{top - 6}" text-anchor="end" fill="#444444">highest {Number(peak)} users on one server</text>""");
        Area(svg, columns, column => column.Busiest, "#d62728", 0.75, bottom, top, most);
        Area(svg, columns, column => column.Mean, "#1f4e79", 1, bottom, top, most);
        foreach (var (value, y) in new[] { (0d, bottom), (most / 2, (top + bottom) / 2), (most, top) })
        {
            Line(svg, $"""<line x1="{Left}" x2="{Left + Width}" y1="{y}" y2="{y}" stroke="#bbbbbb" stroke-width="0.5"/>""");
            Line(svg, $"""<text x="{Left - 6}" y="{y + 4}" text-anchor="end" fill="#444444">{Number(value)}</text>""");
        }

        foreach (var (at, label) in Ticks(result))
        {
            var x = Left + (Width * ((at - result.From) / (result.To - result.From)));
            Line(svg, $"""<line x1="{Number(x)}" x2="{Number(x)}" y1="{bottom}" y2="{bottom + 4}" stroke="#888888"/><text x="{Number(x)}" y="{bottom + 16}" text-anchor="middle" fill="#444444">{label}</text>""");
        }
    }

    private static void Area(StringBuilder svg, Column?[] columns, Func<Column, double> of, string color, double opacity, int bottom, int top, double most)
    {
        var path = new StringBuilder();
        path.Append(CultureInfo.InvariantCulture, $"M{Left} {bottom}");
        for (var i = 0; i < columns.Length; i++)
        {
            var y = bottom - (columns[i] is { } column && most > 0 ? of(column) / most * (bottom - top) : 0);
            path.Append(CultureInfo.InvariantCulture, $"L{Number(Left + (Width * (double)i / columns.Length))} {Number(y)}H{Number(Left + (Width * (i + 1d) / columns.Length))}");
        }

        path.Append(CultureInfo.InvariantCulture, $"V{bottom}Z");
        Line(svg, $"""<path d="{path}" fill="{color}" fill-opacity="{Number(opacity)}"/>""");
    }

    // A column is the bucket in it where one server was the furthest above the mean.
    private static Column?[] Strips(SideOutcome side, WhatIfResult result)
    {
        var columns = new Column?[Math.Min(MostColumns, side.Report.Buckets.Count)];
        foreach (var bucket in side.Report.Buckets)
        {
            if (bucket.Measures is not { MaxToMean: { } ratio, Load: { } load, Servers: > 0 and var servers }) continue;
            var column = new Column(ratio * load / servers, load / servers);
            var at = (int)Math.Clamp((bucket.From - result.From) / (result.To - result.From) * columns.Length, 0, columns.Length - 1);
            if (columns[at] is not { } known || column.Busiest - column.Mean > known.Busiest - known.Mean) columns[at] = column;
        }

        return columns;
    }

    private static IEnumerable<(DateTimeOffset At, string Label)> Ticks(WhatIfResult result)
    {
        var hours = (result.To - result.From).TotalHours;
        var (step, format) = hours <= 30 ? (1, "HH:mm") : hours <= 24 * 14 ? (24, "ddd HH:mm") : (24 * (int)Math.Ceiling(hours / 24 / 10), "yyyy-MM-dd");
        var first = new DateTimeOffset(result.From.UtcDateTime.Date, TimeSpan.Zero);
        for (var at = hours <= 30 ? first.AddHours(Math.Ceiling((result.From - first).TotalHours)) : first.AddHours(12); at <= result.To; at = at.AddHours(step))
            if (at >= result.From) yield return (at, at.UtcDateTime.ToString(format, CultureInfo.InvariantCulture));
    }

    // A round number not below it.
    private static double Round(double most)
    {
        if (most <= 0) return 1;
        var unit = Math.Pow(10, Math.Floor(Math.Log10(most)));
        return new[] { 1d, 2, 2.5, 3, 4, 5, 6, 8, 10 }.Select(factor => factor * unit).First(candidate => candidate >= most);
    }

    private static void Line(StringBuilder svg, FormattableString line) => svg.Append(line.ToString(CultureInfo.InvariantCulture)).Append('\n');

    private static string Number(double number) => number.ToString("0.#", CultureInfo.InvariantCulture);

    private static string Text(string text) => SecurityElement.Escape(text);

    private readonly record struct Column(double Busiest, double Mean);
}
