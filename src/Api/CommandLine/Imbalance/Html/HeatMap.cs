using System.Globalization;
using System.Text;
using Scalelite.Domain.Imbalance;

namespace Scalelite.Api.CommandLine.Imbalance.Html;

/// <summary>
/// The servers over time, a row each, coloured by their load or by how far that is from the mean; dots are placements, frames with numbers the worst
/// moments. Cells of one colour are one path, so that a day of a hundred servers is small, and colours are the page's style.
/// </summary>
internal sealed class HeatMap
{
    /// <summary>Steps of colour, the first one for no load.</summary>
    public const int Levels = 10;

    /// <summary>Steps of colour by distance from the mean; the one in the middle is for what is near it.</summary>
    public const int Distances = 9;

    private const int MostRows = 400;
    private const double Top = 44;

    private readonly LoadGrid _grid;
    private readonly MeasuredHistory _history;
    private readonly TimeAxis _axis;
    private readonly double?[] _means;
    private readonly double _height;

    public HeatMap(MeasuredHistory history, LoadGrid grid, TimeAxis axis)
    {
        (_history, _grid, _axis) = (history, grid, axis);
        var use = history.Report.Servers.ToDictionary(server => server.ServerId, StringComparer.Ordinal);
        Left = Math.Max(0, grid.Servers.Count - MostRows);
        var told = history.Report.Moments.Select(moment => moment.ServerId).ToHashSet(StringComparer.Ordinal);
        Rows = [.. grid.Servers
            .OrderByDescending(told.Contains)
            .ThenByDescending(server => use.TryGetValue(server, out var known) ? known.PeakLoad : 0)
            .Take(MostRows)
            .OrderBy(history.PlaceOf, StringComparer.Ordinal)
            .ThenBy(server => server, StringComparer.Ordinal)];
        RowHeight = Rows.Count switch { <= 12 => 26, <= 30 => 18, <= 60 => 13, <= 120 => 10, _ => 6 };
        _height = Top + (RowHeight * Rows.Count) + 8;
        _means = [.. Enumerable.Range(0, grid.Columns).Select(column => grid.Servers.Average(server => grid.Load(server, column)))];
        (Cap, IsCapped) = CapOf(Loads((load, _) => load));
        (Farthest, IsFarthestCapped) = CapOf(Loads((load, column) => Math.Abs(load - _means[column]!.Value)));
    }

    /// <summary>The servers, from the top.</summary>
    public IReadOnlyList<string> Rows { get; }

    /// <summary>Servers that there was no room for: those with the lowest peaks.</summary>
    public int Left { get; }

    /// <summary>The load from which on there is no stronger colour.</summary>
    public double Cap { get; }

    /// <summary>There are loads above it.</summary>
    public bool IsCapped { get; }

    /// <summary>The distance from the mean from which on there is no stronger colour.</summary>
    public double Farthest { get; }

    /// <summary>There are loads farther from it.</summary>
    public bool IsFarthestCapped { get; }

    private double RowHeight { get; }

    public void Write(MarkupWriter page) => page.Element("svg", () =>
    {
        page.Element("title", "Load of each server over time");
        page.Element("desc", "The same stands in the table below. Arrow keys go from cell to cell.");
        WriteNames(page);
        page.Empty("rect", ("class", "away"), ("x", Number(TimeAxis.Left)), ("y", Number(Top)), ("width", Number(TimeAxis.Plot)), ("height", Number(RowHeight * Rows.Count)));
        var scale = $"translate({Number(TimeAxis.Left)} {Number(Top)}) scale({Exact(ColumnWidth)} {Number(RowHeight)})";
        page.Element("g", () => WriteCells(page, "l", Levels, (load, _) => LevelOf(load)), ("class", "cells by-load"), ("transform", scale));
        page.Element("g", () => WriteCells(page, "d", Distances, (load, column) => DistanceOf(load, column)), ("class", "cells by-mean"), ("transform", scale));
        _axis.Write(page, Top - 4, Top + (RowHeight * Rows.Count), Top - 10);
        page.Element("g", () => WriteDots(page), ("class", "dots"), ("transform", scale));
        WriteMoments(page);
        page.Empty("rect", ("class", "cursor"), ("id", "cursor"), ("width", Number(Math.Max(3, ColumnWidth))), ("height", Number(RowHeight)), ("visibility", "hidden"));
    }, ("id", "heat"), ("viewBox", $"0 0 {Number(TimeAxis.Width)} {Number(_height)}"), ("role", "img"), ("tabindex", "0"), ("aria-label", Summary()),
        ("data-left", Number(TimeAxis.Left)), ("data-top", Number(Top)), ("data-column", Exact(ColumnWidth)), ("data-row", Number(RowHeight)));

    /// <summary>The step of colour of a load.</summary>
    public int LevelOf(double load) => load <= 0 || Cap <= 0 ? 0 : Math.Clamp((int)Math.Ceiling(load / Cap * (Levels - 1)), 1, Levels - 1);

    // The last column may be shorter than the others: it goes beyond the end a little, and is cut by the picture.
    private double ColumnWidth => TimeAxis.Plot * (_grid.Width / (_axis.To - _axis.From));

    private int DistanceOf(double load, int column) => Farthest <= 0
        ? Distances / 2
        : Math.Clamp((int)Math.Round((load - _means[column]!.Value) / Farthest * (Distances / 2)), -Distances / 2, Distances / 2) + (Distances / 2);

    private List<double> Loads(Func<double, int, double> of)
    {
        var loads = new List<double>();
        foreach (var server in Rows)
            for (var column = 0; column < _grid.Columns; column++)
                if (_grid.Load(server, column) is { } load && of(load, column) is > 0 and var value) loads.Add(value);
        return loads;
    }

    // One cell far above all would leave the others without colour: there is room for two and a half times what nearly all have.
    private static (double Cap, bool IsCapped) CapOf(List<double> loads)
    {
        if (loads.Count == 0) return (0, false);
        loads.Sort();
        var room = 2.5 * loads[(int)(loads.Count * 0.99)];
        return loads[^1] > room ? (room, true) : (loads[^1], false);
    }

    private void WriteNames(MarkupWriter page)
    {
        var every = (int)Math.Ceiling(9 / RowHeight);
        for (var row = 0; row < Rows.Count; row += every)
        {
            var name = _history.NameOf(Rows[row]);
            page.Element("text", () =>
            {
                if (name.Length > 26) page.Element("title", name);
                page.Text(name.Length > 26 ? name[..25] + "…" : name);
            }, ("class", RowHeight < 12 ? "name small" : "name"), ("x", Number(TimeAxis.Left - 8)), ("y", Number(Top + ((row + 0.5) * RowHeight))),
                ("text-anchor", "end"), ("dominant-baseline", "central"));
        }
    }

    private void WriteCells(MarkupWriter page, string colours, int count, Func<double, int, int> colourOf)
    {
        var paths = new StringBuilder[count];
        for (var colour = 0; colour < count; colour++) paths[colour] = new StringBuilder();
        for (var row = 0; row < Rows.Count; row++)
        {
            for (var column = 0; column < _grid.Columns;)
            {
                var began = column;
                var same = ColourAt(row, column);
                while (column < _grid.Columns && ColourAt(row, column) == same) column++;
                if (same is { } colour) paths[colour].Append(CultureInfo.InvariantCulture, $"M{began} {row}h{column - began}v1h-{column - began}z");
            }
        }

        for (var colour = 0; colour < count; colour++)
            if (paths[colour].Length > 0) page.Empty("path", ("class", $"{colours}{colour.ToString(CultureInfo.InvariantCulture)}"), ("d", paths[colour].ToString()));

        int? ColourAt(int row, int column) => _grid.Load(Rows[row], column) is { } load ? colourOf(load, column) : null;
    }

    // A line of no length with round ends is a dot, whatever the cells' proportions.
    private void WriteDots(MarkupWriter page)
    {
        var sizes = new[] { new StringBuilder(), new StringBuilder(), new StringBuilder() };
        for (var row = 0; row < Rows.Count; row++)
        {
            for (var column = 0; column < _grid.Columns; column++)
            {
                var placements = _grid.Placements(Rows[row], column);
                if (placements > 0)
                    sizes[placements switch { 1 => 0, < 5 => 1, _ => 2 }].Append(CultureInfo.InvariantCulture, $"M{column}.5 {row}.5h0");
            }
        }

        var most = Math.Min(RowHeight * 0.8, 9);
        for (var size = 0; size < sizes.Length; size++)
        {
            if (sizes[size].Length > 0)
                page.Empty("path", ("d", sizes[size].ToString()), ("stroke-width", Number(Math.Max(1.4, most * (size + 1) / sizes.Length))), ("vector-effect", "non-scaling-stroke"));
        }
    }

    private void WriteMoments(MarkupWriter page)
    {
        var row = Rows.Select((server, at) => (server, at)).ToDictionary(pair => pair.server, pair => pair.at, StringComparer.Ordinal);
        var number = 0;
        foreach (var moment in _history.Report.Moments)
        {
            number++;
            if (!row.TryGetValue(moment.ServerId, out var at)) continue;
            var (from, to) = (_axis.X(moment.From), _axis.X(End(moment)));
            var (x, width) = (Math.Max(TimeAxis.Left, from - 3), Math.Max(8, to - from + 6));
            var y = Top + (at * RowHeight);
            page.Element("g", () =>
            {
                page.Element("title", MomentWords.Of(moment, _history).Line);
                page.Empty("rect", ("x", Number(x)), ("y", Number(y - 1)), ("width", Number(width)), ("height", Number(RowHeight + 2)), ("rx", "3"));
                page.Empty("circle", ("cx", Number(x + (width / 2))), ("cy", Number(y - 6)), ("r", "7"));
                page.Element("text", MeasureLines.Number(number), ("x", Number(x + (width / 2))), ("y", Number(y - 5.5)), ("text-anchor", "middle"), ("dominant-baseline", "central"));
            }, ("class", "moment"));
        }
    }

    // What was seen in a minute's polls holds until the next minute.
    private DateTimeOffset End(ImbalanceMoment moment)
    {
        var end = moment.Peak is null ? moment.To : moment.To.AddMinutes(1);
        return end < _axis.To ? end : _axis.To;
    }

    private string Summary() => string.Create(
        CultureInfo.InvariantCulture,
        $"Heat map: load of {Rows.Count} servers in {_grid.Columns} steps of {ImbalanceTable.Width(_grid.Width)}, from 0 to {(IsCapped ? "above " : "")}{Cap:0.#} users");

    private static string Number(double value) => MarkupWriter.Number(value);

    // Of hundreds of columns a rounded width would add up to a visible difference.
    private static string Exact(double value) => value.ToString("0.######", CultureInfo.InvariantCulture);
}
