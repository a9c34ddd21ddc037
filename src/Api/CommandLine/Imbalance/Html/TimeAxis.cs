using System.Globalization;

namespace Scalelite.Api.CommandLine.Imbalance.Html;

/// <summary>Where a moment stands in a picture; all pictures of a page have the same.</summary>
internal sealed record TimeAxis(DateTimeOffset From, DateTimeOffset To)
{
    /// <summary>Room for names at the left.</summary>
    public const double Left = 170;

    /// <summary>Of what is drawn.</summary>
    public const double Plot = 970;

    /// <summary>Of the whole picture.</summary>
    public const double Width = Left + Plot + 20;

    private const int MostTicks = 12;

    private static readonly TimeSpan[] Steps =
    [
        .. new[] { 1, 5, 10, 30 }.Select(seconds => TimeSpan.FromSeconds(seconds)),
        .. new[] { 1, 5, 10, 15, 30 }.Select(minutes => TimeSpan.FromMinutes(minutes)),
        .. new[] { 1, 2, 3, 6, 12 }.Select(hours => TimeSpan.FromHours(hours)),
        .. new[] { 1, 2, 7, 14, 28, 91, 182, 364 }.Select(days => TimeSpan.FromDays(days)),
    ];

    /// <summary>Where it stands, from the left of the picture.</summary>
    public double X(DateTimeOffset at) => Left + (Plot * ((at - From) / (To - From)));

    /// <summary>Lines from top to bottom, with their times below or above.</summary>
    /// <param name="textAt">The height of the times; null: none.</param>
    public void Write(MarkupWriter page, double top, double bottom, double? textAt)
    {
        var step = Steps.FirstOrDefault(candidate => (To - From) / candidate <= MostTicks, Steps[^1]);
        var first = new DateTimeOffset(From.UtcTicks - (From.UtcTicks % step.Ticks), TimeSpan.Zero);
        for (var at = first < From ? first + step : first; at < To; at += step)
        {
            var x = MarkupWriter.Number(X(at));
            page.Empty("line", ("class", "grid"), ("x1", x), ("x2", x), ("y1", MarkupWriter.Number(top)), ("y2", MarkupWriter.Number(bottom)));
            if (textAt is not { } y) continue;
            page.Element("text", Label(at, step), ("class", "tick"), ("x", x), ("y", MarkupWriter.Number(y)), ("text-anchor", "middle"));
        }
    }

    private static string Label(DateTimeOffset at, TimeSpan step) => at.UtcDateTime.ToString(
        step >= TimeSpan.FromDays(1) || at.TimeOfDay == TimeSpan.Zero ? "d MMM" : step < TimeSpan.FromMinutes(1) ? "HH:mm:ss" : "HH:mm",
        CultureInfo.InvariantCulture);
}
