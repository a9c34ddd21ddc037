namespace Scalelite.Api.CommandLine;

/// <summary>A curve in one line of text.</summary>
internal static class Sparkline
{
    private const string Bars = "▁▂▃▄▅▆▇█";

    /// <summary>A bar for each value, from nothing to the largest one; a point where there is nothing. Negative values count as nothing.</summary>
    /// <param name="most">What fills a bar; the largest of the values, if not given.</param>
    public static string Of(IReadOnlyList<double> values, double? most = null)
    {
        var full = most ?? (values.Count == 0 ? 0 : values.Max());
        return string.Create(values.Count, (values, full), static (line, drawn) =>
        {
            for (var i = 0; i < line.Length; i++)
            {
                var value = drawn.values[i];
                line[i] = value > 0 && drawn.full > 0 ? Bars[(int)Math.Min(Bars.Length - 1, Math.Ceiling(value / drawn.full * Bars.Length) - 1)] : '·';
            }
        });
    }
}
