using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Scalelite.Domain.Imbalance;

namespace Scalelite.Api.CommandLine.Imbalance.Html;

/// <summary>
/// What was measured as one page that needs nothing else: no address is in it, and its policy lets nothing in or out. It can be read without its script, in the
/// dark, by keyboard and by a screen reader.
/// </summary>
internal static class ImbalancePage
{
    private const int MostHours = 24;
    private const int MostBuckets = 300;

    private static readonly string Style = Resource("page.css");
    private static readonly string Script = Resource("page.js");

    /// <summary>The page.</summary>
    public static string Of(MeasuredHistory history)
    {
        var report = history.Report;
        var grid = report.Grid ?? throw new ArgumentException("It was measured without a grid", nameof(history));
        var axis = new TimeAxis(report.Range.From, report.Range.To);
        var map = new HeatMap(history, grid, axis);
        var charts = new LineCharts(report, axis);
        using var page = new MarkupWriter();
        page.Element("html", () =>
        {
            page.Element("head", () =>
            {
                page.Empty("meta", ("charset", "utf-8"));
                page.Empty("meta", ("http-equiv", "Content-Security-Policy"), ("content",
                    $"default-src 'none'; style-src 'sha256-{Hash(Style)}'; script-src 'sha256-{Hash(Script)}'; base-uri 'none'; form-action 'none'"));
                page.Empty("meta", ("name", "viewport"), ("content", "width=device-width, initial-scale=1"));
                page.Empty("meta", ("name", "color-scheme"), ("content", "light dark"));
                page.Element("title", $"Balance of the pool, {ImbalanceTable.Heading(history)}");
                page.Element("style", () => page.Raw(Style));
            });
            page.Element("body", () =>
            {
                WriteHead(page, history);
                if (history.IsEmpty) page.Element("p", "In this time no server took meetings, and none was placed.");
                else WriteAll(page, history, grid, map, charts);
                WriteFoot(page);
            });
        }, ("lang", "en"));
        return page.ToString();
    }

    private static void WriteHead(MarkupWriter page, MeasuredHistory history) => page.Element("header", () =>
    {
        page.Element("h1", "How evenly the pool was used");
        page.Element("p", $"{ImbalanceTable.Heading(history)} · {ImbalanceTable.Buckets(history.Report)}", ("class", "range"));
        page.Element("dl", () =>
        {
            foreach (var line in MeasureLines.All)
            {
                page.Element("div", () =>
                {
                    page.Element("dt", line.Title);
                    page.Element("dd", () =>
                    {
                        page.Text(line.Of(history.Report.Overall) ?? "–");
                        if (line.Even.Length > 0) page.Element("small", line.Even);
                    });
                });
            }
        }, ("class", "tiles"));
    });

    private static void WriteAll(MarkupWriter page, MeasuredHistory history, LoadGrid grid, HeatMap map, LineCharts charts) => page.Element("main", () =>
    {
        Section(page, "map", "Load of each server", () =>
        {
            foreach (var (id, text) in new[] { ("by-load", "load"), ("by-mean", "above or below the mean") })
            {
                page.Empty("input", ("type", "radio"), ("name", "by"), ("id", id), ("checked", id == "by-load" ? "checked" : null));
                page.Element("label", text, ("for", id));
            }

            WriteLegend(page, map, grid);
            page.Element("div", () => map.Write(page), ("class", "wide"));
            page.Element("p", "", ("id", "told"), ("class", "told"), ("role", "status"));
            if (map.Left > 0) page.Element("p", $"{MeasureLines.Number(map.Left)} more servers, with lower peaks, are in the table only.", ("class", "note"));
        });
        Section(page, "moments", "The worst moments", () => WriteMoments(page, history));
        Section(page, "measures", "The measures over time", () =>
        {
            if (charts.PerPoint > 1) page.Element("p", $"Of every {MeasureLines.Number(charts.PerPoint)} buckets the largest value is drawn.", ("class", "note"));
            page.Element("div", () => charts.Write(page), ("class", "wide"));
        });
        Section(page, "tables", "The same as tables", () =>
        {
            Details(page, "Servers", () => WriteServers(page, history, grid));
            Details(page, history.Report.Buckets.Count > MostBuckets ? $"Buckets: the {MostBuckets} furthest from even" : "Buckets", () => WriteBuckets(page, history));
        });
        page.Element("script", () => page.Raw(PageCells.Json(history, grid, map, charts)), ("type", "application/json"), ("id", "cells"));
        page.Element("div", "", ("id", "tip"), ("aria-hidden", "true"), ("hidden", "hidden"));
        page.Element("script", () => page.Raw(Script));
    });

    private static void WriteLegend(MarkupWriter page, HeatMap map, LoadGrid grid)
    {
        page.Element("p", () =>
        {
            var capped = map.IsCapped ? "above " : "";
            WriteScale(page, "by-load", "l", HeatMap.Levels, "0", $"{capped}{MeasureLines.Load(map.Cap)} users");
            var farther = map.IsFarthestCapped ? "more than " : "";
            WriteScale(page, "by-mean", "d", HeatMap.Distances, $"{farther}{MeasureLines.Load(map.Farthest)} users less", $"{farther}{MeasureLines.Load(map.Farthest)} users more");
            page.Element("span", "takes no meetings", ("class", "key away"));
            page.Element("span", "placements (1, up to 4, more)", ("class", "key dot"));
            page.Element("span", "a bad moment, told below", ("class", "key frame"));
            page.Element("span", $"a column is {ImbalanceTable.Width(grid.Width)}", ("class", "note"));
        }, ("class", "legend"));
    }

    private static void WriteScale(MarkupWriter page, string view, string colours, int count, string least, string most) => page.Element("span", () =>
    {
        page.Text(least);
        page.Element("svg", () =>
        {
            for (var colour = 0; colour < count; colour++)
                page.Empty("rect", ("class", $"{colours}{MeasureLines.Number(colour)}"), ("x", MeasureLines.Number(colour * 18)), ("y", "0"), ("width", "18"), ("height", "12"));
        }, ("class", "scale"), ("viewBox", $"0 0 {MeasureLines.Number(count * 18)} 12"), ("role", "img"), ("aria-label", $"colours from {least} to {most}"));
        page.Text(most);
    }, ("class", $"colours {view}"));

    private static void WriteMoments(MarkupWriter page, MeasuredHistory history)
    {
        if (history.Report.Moments.Count == 0)
        {
            page.Element("p", "None: no server had much more than the others.");
            return;
        }

        page.Element("ol", () =>
        {
            foreach (var moment in history.Report.Moments)
            {
                var text = MomentWords.Of(moment, history);
                page.Element("li", () =>
                {
                    page.Element("b", text.When, ("class", "when"));
                    page.Element("span", text.What, ("class", "what"));
                    page.Element("ul", () =>
                    {
                        foreach (var why in text.Why) page.Element("li", why);
                        if (text.Why.Count == 0) page.Element("li", "no event shows why");
                    });
                });
            }
        }, ("class", "moments"));
    }

    private static void WriteServers(MarkupWriter page, MeasuredHistory history, LoadGrid grid)
    {
        var together = (int)Math.Ceiling((double)grid.Columns / MostHours);
        var columns = (int)Math.Ceiling((double)grid.Columns / together);
        Table(page, ["server", "mean load", "peak", "placements", .. Enumerable.Range(0, columns).Select(column => Time(grid.From + (grid.Width * together * column)))],
            history.Report.Servers.OrderBy(server => history.PlaceOf(server.ServerId), StringComparer.Ordinal).Select(server => (string?[])
            [
                history.NameOf(server.ServerId), MeasureLines.Load(server.MeanLoad), MeasureLines.Load(server.PeakLoad), MeasureLines.Number(server.Placements),
                .. Enumerable.Range(0, columns).Select(column => MeasureLines.Load(
                    Enumerable.Range(column * together, Math.Min(together, grid.Columns - (column * together))).Average(cell => grid.Load(server.ServerId, cell)))),
            ]));
    }

    private static void WriteBuckets(MarkupWriter page, MeasuredHistory history)
    {
        var buckets = history.Report.Buckets.Count <= MostBuckets
            ? history.Report.Buckets
            : [.. history.Report.Buckets.OrderByDescending(bucket => bucket.Measures.MaxToMean ?? 0).Take(MostBuckets).OrderBy(bucket => bucket.From)];
        Table(page, ["from", "busiest", .. MeasureLines.All.Select(line => line.Title)], buckets.Select(bucket => (string?[])
        [
            Time(bucket.From), bucket.Measures.Busiest is { } id ? history.NameOf(id) : null, .. MeasureLines.All.Select(line => line.Of(bucket.Measures)),
        ]));
    }

    private static void WriteFoot(MarkupWriter page) => page.Element("footer", () =>
    {
        page.Element("p",
            "Load is what the polls of a minute showed at most, in users times the server's multiplier, of the servers that took meetings then. "
            + "Max/mean, coefficient of variation, Gini coefficient and the busiest server's share of load are means over time, weighted by the load of the pool: "
            + "busy times count more. Ages of polls are those of the chosen servers. All times are UTC.");
        page.Element("p", "Made by scalelite imbalance. This page loads nothing and sends nothing.");
    });

    private static void Section(MarkupWriter page, string id, string title, Action content) => page.Element("section", () =>
    {
        page.Element("h2", title, ("id", id));
        content();
    }, ("aria-labelledby", id));

    private static void Details(MarkupWriter page, string title, Action content) => page.Element("details", () =>
    {
        page.Element("summary", title);
        page.Element("div", content, ("class", "wide"));
    });

    private static void Table(MarkupWriter page, IReadOnlyList<string> heads, IEnumerable<string?[]> rows) => page.Element("table", () =>
    {
        page.Element("thead", () => page.Element("tr", () =>
        {
            foreach (var head in heads) page.Element("th", head, ("scope", "col"));
        }));
        page.Element("tbody", () =>
        {
            foreach (var row in rows)
            {
                page.Element("tr", () =>
                {
                    page.Element("th", row[0], ("scope", "row"));
                    foreach (var cell in row[1..]) page.Element("td", cell);
                });
            }
        });
    });

    private static string Time(DateTimeOffset at) => at.UtcDateTime.ToString("MM-dd HH:mm:ss", CultureInfo.InvariantCulture);

    private static string Hash(string text) => Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    // A browser hashes what it reads, and reads every end of line as one.
    private static string Resource(string name)
    {
        using var stream = typeof(ImbalancePage).Assembly.GetManifestResourceStream($"Imbalance.{name}")!;
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return Encoding.UTF8.GetString(bytes).ReplaceLineEndings("\n");
    }
}
