using System.Globalization;
using System.Numerics;

namespace Scalelite.Api.Configuration;

/// <summary>The kinds of values that settings have. Each is strict: what is not clearly right is wrong.</summary>
internal static class SettingKinds
{
    /// <summary><c>true</c> or <c>false</c>, in any case; nothing else.</summary>
    public static Setting<bool> Boolean(string name, string meaning, string? key = null) =>
        new(name, key, "false", "true or false", meaning, "true", false, false, text =>
            text.Equals("true", StringComparison.OrdinalIgnoreCase) ? true
            : text.Equals("false", StringComparison.OrdinalIgnoreCase) ? false
            : Parsed<bool>.Wrong());

    /// <summary><see cref="Boolean"/> that holds where it is not set.</summary>
    public static Setting<bool> BooleanTrue(string name, string meaning) =>
        Boolean(name, meaning) with { Default = "true", Fallback = true, Example = "false" };

    /// <summary>A whole number within bounds, both included.</summary>
    public static Setting<int> Integer(string name, int fallback, int least, int most, string meaning, string? key = null) =>
        new(name, key, Text(fallback), $"a whole number from {Text(least)} to {Text(most)}", meaning, Text(fallback), false, fallback, text =>
            int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) && value >= least && value <= most
                ? value
                : Parsed<int>.Wrong());

    /// <summary>A number of bytes.</summary>
    public static Setting<long> Bytes(string name, long fallback, long least, long most, string meaning, string key) =>
        new(name, key, Text(fallback), $"bytes, a whole number from {Text(least)} to {Text(most)}", meaning, Text(fallback), false, fallback, text =>
            long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value >= least && value <= most ? value : Parsed<long>.Wrong());

    /// <summary>Seconds, fractions allowed.</summary>
    public static Setting<TimeSpan> Seconds(string name, double fallback, double least, double most, string meaning, string? key = null) =>
        Duration(name, "seconds", TimeSpan.TicksPerSecond, fallback, least, most, meaning, key);

    /// <summary>Minutes, fractions allowed.</summary>
    public static Setting<TimeSpan> Minutes(string name, double fallback, double least, double most, string meaning) =>
        Duration(name, "minutes", TimeSpan.TicksPerMinute, fallback, least, most, meaning, null);

    /// <summary>Days, fractions allowed.</summary>
    public static Setting<TimeSpan> Days(string name, double fallback, double least, double most, string meaning, string key) =>
        Duration(name, "days", TimeSpan.TicksPerDay, fallback, least, most, meaning, key);

    /// <summary>Days, fractions allowed; null where it is not set.</summary>
    public static Setting<TimeSpan?> OptionalDays(string name, double least, double most, string meaning, string example, string key)
    {
        var days = Days(name, least, least, most, meaning, key);
        return new(name, key, "not set", days.Allowed, meaning, example, false, null, text =>
            days.Parse(text) is { Succeeded: true } parsed ? parsed.Value : Parsed<TimeSpan?>.Wrong());
    }

    /// <summary>Hours, fractions allowed.</summary>
    public static Setting<TimeSpan> Hours(string name, double fallback, double least, double most, string meaning, string key) =>
        Duration(name, "hours", TimeSpan.TicksPerHour, fallback, least, most, meaning, key);

    /// <summary>The whole path of a folder, without a slash at its end.</summary>
    public static Setting<string> Folder(string name, string fallback, string meaning, string? key = null) =>
        new(name, key, fallback, "the whole path of a folder", meaning, fallback, false, fallback, text => WholePath(text));

    /// <summary>The whole path of a folder, null where it is not set.</summary>
    public static Setting<string?> OptionalFolder(string name, string meaning, string example, string? key = null) =>
        Optional<string>(name, "the whole path of a folder", meaning, example, text => WholePath(text)!, key);

    /// <summary>One of a few words.</summary>
    public static Setting<string> Choice(string name, string fallback, IReadOnlyList<string> words, string meaning, string? key = null) =>
        new(name, key, fallback, $"one of {string.Join(", ", words)}", meaning, words[^1], false, fallback, text =>
            words.FirstOrDefault(word => word.Equals(text, StringComparison.OrdinalIgnoreCase)) is { } word ? word : Parsed<string>.Wrong());

    /// <summary>A text that <paramref name="parse"/> accepts, null where it is not set.</summary>
    public static Setting<T?> Optional<T>(
        string name, string allowed, string meaning, string example, Func<string, Parsed<T?>> parse, string? key = null, bool isSecret = false)
        where T : class =>
        new(name, key, "not set", allowed, meaning, example, isSecret, null, parse);

    /// <summary>A list, empty where it is not set.</summary>
    public static Setting<IReadOnlyList<T>> List<T>(
        string name, string allowed, string meaning, string example, Func<string, Parsed<IReadOnlyList<T>>> parse, string? key = null, bool isSecret = false) =>
        new(name, key, "none", allowed, meaning, example, isSecret, [], parse);

    private static Setting<TimeSpan> Duration(
        string name, string unit, long ticks, double fallback, double least, double most, string meaning, string? key) =>
        new(name, key, Text(fallback), $"{unit} from {Text(least)} to {Text(most)}, fractions allowed", meaning, Text(fallback), false,
            TimeSpan.FromTicks((long)(fallback * ticks)), text =>
                double.TryParse(text, NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value)
                && value >= least && value <= most
                    ? TimeSpan.FromTicks((long)(value * ticks))
                    : Parsed<TimeSpan>.Wrong());

    private static Parsed<string> WholePath(string text) =>
        Path.IsPathFullyQualified(text) ? Path.TrimEndingDirectorySeparator(Path.GetFullPath(text)) : Parsed<string>.Wrong();

    private static string Text<T>(T number)
        where T : INumber<T> => number.ToString(null, CultureInfo.InvariantCulture);
}
