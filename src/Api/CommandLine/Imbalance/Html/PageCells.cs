using System.Text.Json;
using Scalelite.Domain.Imbalance;

namespace Scalelite.Api.CommandLine.Imbalance.Html;

/// <summary>What the page's script tells of the place that one points at. Without the script the page only lacks that.</summary>
internal static class PageCells
{
    /// <summary>As JSON in which nothing stands that HTML or XML could take for its own.</summary>
    public static string Json(MeasuredHistory history, LoadGrid grid, HeatMap map, LineCharts charts) => JsonSerializer.Serialize(new
    {
        from = grid.From.ToUnixTimeMilliseconds(),
        step = (long)grid.Width.TotalMilliseconds,
        columns = grid.Columns,
        names = map.Rows.Select(history.NameOf),
        loads = map.Rows.Select(server => Enumerable.Range(0, grid.Columns).Select(column => Round(grid.Load(server, column)))),
        placed = map.Rows.Select(server => Enumerable.Range(0, grid.Columns).Select(column => grid.Placements(server, column))),
        left = TimeAxis.Left,
        plot = TimeAxis.Plot,
        points = charts.Points,
        point = (long)(history.Report.Range.Width * charts.PerPoint).TotalMilliseconds,
        end = history.Report.Range.To.ToUnixTimeMilliseconds(),
        charts = LineCharts.All.Select(chart => chart.Lines.Select(line => new { name = line.Name, texts = charts.Values(line).Select(chart.Text) })),
    });

    private static double? Round(double? load) => load is { } known ? Math.Round(known, 1) : null;
}
