namespace Scalelite.Api.CommandLine.Imbalance;

/// <summary>A line of numbers in one line of text.</summary>
internal static class Sparkline
{
    private const string Heights = "▁▂▃▄▅▆▇█";
    private const char Nothing = ' ';

    /// <summary>A character for each number, or for the largest of several where there are more than <paramref name="width"/>; blank where there is none.</summary>
    /// <param name="least">What is drawn lowest, at least.</param>
    public static string Of(IReadOnlyList<double?> numbers, int width, double least = 0)
    {
        var columns = Math.Min(width, numbers.Count);
        var largest = new double?[columns];
        for (var i = 0; i < numbers.Count; i++)
        {
            var column = (int)((long)i * columns / numbers.Count);
            if (numbers[i] is { } number && !(number <= largest[column])) largest[column] = number;
        }

        var most = largest.Max() ?? 0;
        return string.Concat(largest.Select(number => number switch
        {
            null => Nothing,
            _ when most <= least => Heights[0],
            _ => Heights[(int)Math.Round(Math.Clamp((number.Value - least) / (most - least), 0, 1) * (Heights.Length - 1))],
        }));
    }
}
