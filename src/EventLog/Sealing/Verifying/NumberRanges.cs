using System.Globalization;
using System.Text;

namespace Scalelite.EventLog.Sealing.Verifying;

/// <summary>Numbers of events for a person.</summary>
internal static class NumberRanges
{
    private const int MostRanges = 12;

    /// <summary><c>event 7 was</c>, <c>events 7, 9 to 12 were</c>; many are cut, with their count.</summary>
    /// <param name="numbers">In order, at least one.</param>
    public static string Text(IReadOnlyList<long> numbers)
    {
        if (numbers.Count == 1) return string.Create(CultureInfo.InvariantCulture, $"event {numbers[0]} was");
        var text = new StringBuilder("events ");
        var ranges = 0;
        for (var i = 0; i < numbers.Count;)
        {
            var end = i;
            while (end + 1 < numbers.Count && numbers[end + 1] == numbers[end] + 1) end++;
            if (ranges > 0) text.Append(", ");
            if (++ranges > MostRanges) return text.Append(CultureInfo.InvariantCulture, $"… ({numbers.Count} in all) were").ToString();
            text.Append(CultureInfo.InvariantCulture, $"{numbers[i]}");
            if (end > i) text.Append(CultureInfo.InvariantCulture, $"{(end == i + 1 ? ", " : " to ")}{numbers[end]}");
            i = end + 1;
        }

        return text.Append(" were").ToString();
    }
}
