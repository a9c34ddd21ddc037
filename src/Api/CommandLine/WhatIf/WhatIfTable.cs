using System.Globalization;
using System.Text;
using Scalelite.Api.CommandLine.Imbalance;
using Scalelite.Domain.WhatIf;

namespace Scalelite.Api.CommandLine.WhatIf;

/// <summary>The comparison as a table: a row for each measure, a column for each side.</summary>
internal static class WhatIfTable
{
    /// <summary>For a person at a terminal.</summary>
    public static string ToText(WhatIfResult result)
    {
        var rows = Rows(result);
        var text = new StringBuilder();
        text.Append(Heading(result)).Append('\n').Append('\n');
        var widths = Enumerable.Range(0, rows[0].Length).Select(column => rows.Max(row => row[column].Length)).ToArray();
        foreach (var row in rows)
        {
            text.Append(row[0].PadRight(widths[0]));
            for (var column = 1; column < row.Length; column++) text.Append("  ").Append(row[column].PadLeft(widths[column]));
            text.Append('\n');
        }

        foreach (var note in Notes(result)) text.Append('\n').Append(note).Append('\n');
        return text.ToString();
    }

    /// <summary>For a document.</summary>
    public static string ToMarkdown(WhatIfResult result)
    {
        var rows = Rows(result);
        var text = new StringBuilder();
        Append(rows[0]);
        Append([.. rows[0].Select((_, column) => column == 0 ? "---" : "--:")]);
        foreach (var row in rows.Skip(1)) Append(row);
        return text.ToString();

        void Append(string[] cells) => text.Append("| ").AppendJoin(" | ", cells).Append(" |\n");
    }

    private static string Heading(WhatIfResult result)
    {
        var times = $"{Time(result.From)} to {Time(result.To)} UTC";
        return result.Scenario is { } scenario
            ? $"{scenario.Name}: {scenario.Story}\n{times}, {Settings(result.Sides[^1].Side)}"
            : $"{times}: {Settings(result.Sides[^1].Side, withPolicy: true)}{Pool(result.Sides[^1].Side)}";
    }

    private static string Settings(Side side, bool withPolicy = false) => string.Create(
        CultureInfo.InvariantCulture,
        $"{(withPolicy ? side.Policy!.Name + ", " : "")}polls every {side.PollInterval.TotalSeconds:0.##} s, a young meeting counts {side.MinimumUsers} users for {side.JoinBuffer.TotalMinutes:0.##} minutes");

    private static string Pool(Side side) => string.Concat(
        side.Without.Count == 0 ? "" : $", without {Listing.Printable(string.Join(", ", side.Without.Order(StringComparer.Ordinal)))}",
        side.Added.Count == 0 ? "" : $", and besides {Listing.Printable(string.Join(", ", side.Added.Select(server => server.ServerId)))}");

    private static List<string[]> Rows(WhatIfResult result)
    {
        List<string[]> rows = [Row("", side => side.Side.Name)];
        rows.AddRange(MeasureLines.All.Select(line => Row(line.Title, side => line.Of(side.Report.Overall) ?? "–")));
        rows.Add(Row("highest load of one server", side => MeasureLines.Load(PeakLoad(side)) ?? "–"));
        if (result.Sides.Any(side => side.Refused > 0)) rows.Add(Row("meetings without a server", side => MeasureLines.Number(side.Refused)));
        if (result.Sides.Any(side => side.Returned.Count > 0))
        {
            rows.Add(Row("onto the returned node, in ten minutes", side => side.Returned.Count == 0
                ? "–"
                : $"{MeasureLines.Number(side.Returned.Sum(node => node.Onto))} of {MeasureLines.Number(side.Returned.Sum(node => node.Placements))}"));
        }

        return rows;

        string[] Row(string title, Func<SideOutcome, string> cell) => [title, .. result.Sides.Select(cell)];
    }

    /// <summary>The highest load of one server, at any sample.</summary>
    internal static double? PeakLoad(SideOutcome side) => side.Report.Servers.Count == 0 ? null : side.Report.Servers.Max(server => server.PeakLoad);

    private static IEnumerable<string> Notes(WhatIfResult result)
    {
        foreach (var side in result.Sides)
        {
            if (side.LeftOut > 0)
                yield return $"{side.Side.Name}: {MeasureLines.Number(side.LeftOut)} meetings that were made on a node, not placed, are left out with it";
        }

        if (result.Sides.All(side => side.Placed == 0)) yield return "No meeting was placed in this time";
    }

    private static string Time(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);
}
