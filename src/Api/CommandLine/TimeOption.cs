using System.CommandLine;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Scalelite.Api.CommandLine;

/// <summary>Options that take a moment: <c>--at</c>, <c>--from</c>, <c>--to</c>. <c>scope.Get(option)?.At(now)</c> is the moment.</summary>
internal static class TimeOption
{
    /// <summary>The option; a value that is no moment is told with its name.</summary>
    /// <param name="description">What it is for; how it is written is added.</param>
    public static Option<Moment> Create(string name, string description) => new(name)
    {
        Description = $"{description}: {Moment.Written}",
        HelpName = "TIME",
        CustomParser = result =>
        {
            if (Moment.TryRead(result.Tokens[0].Value, out var moment)) return moment;
            result.AddError($"{name} takes {Moment.Written}, not '{Listing.Printable(result.Tokens[0].Value)}'");
            return null;
        },
    };
}

/// <summary>A moment as an operator writes it: a time, or how long ago.</summary>
internal sealed partial record Moment
{
    /// <summary>How it is written.</summary>
    public const string Written = "2026-03-02T08:00:00Z, '2026-03-02 08:00[:00]' (UTC), 2026-03-02 (its beginning, UTC), -2h, -1d12h or now";

    private static readonly string[] InUtc =
    [
        "yyyy-MM-dd", "yyyy-MM-dd HH:mm", "yyyy-MM-dd HH:mm:ss", "yyyy-MM-dd HH:mm:ss.FFFFFFF",
        "yyyy-MM-ddTHH:mm", "yyyy-MM-ddTHH:mm:ss", "yyyy-MM-ddTHH:mm:ss.FFFFFFF",
    ];

    private static readonly string[] WithOffset =
    [
        "yyyy-MM-ddTHH:mmK", "yyyy-MM-ddTHH:mm:ssK", "yyyy-MM-ddTHH:mm:ss.FFFFFFFK",
        "yyyy-MM-dd HH:mmK", "yyyy-MM-dd HH:mm:ssK", "yyyy-MM-dd HH:mm:ss.FFFFFFFK",
    ];

    private readonly DateTimeOffset? _time;
    private readonly TimeSpan _ago;

    private Moment(DateTimeOffset? time, TimeSpan ago) => (_time, _ago) = (time, ago);

    /// <summary>The moment in UTC.</summary>
    /// <param name="now">What <c>-2h</c> counts from.</param>
    public DateTimeOffset At(DateTimeOffset now) => _time ?? (now.ToUniversalTime() - _ago);

    /// <summary>Reads what <see cref="Written"/> tells.</summary>
    public static bool TryRead(string text, [NotNullWhen(true)] out Moment? moment)
    {
        moment = text == "now" ? new Moment(null, TimeSpan.Zero)
            : Ago().Match(text) is { Success: true } ago ? ReadAgo(ago)
            : DateTimeOffset.TryParseExact(
                text, InUtc, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var utc) ? new Moment(utc, default)
            : DateTimeOffset.TryParseExact(text, WithOffset, CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal, out var time) ? new Moment(time, default)
            : null;
        return moment is not null;
    }

    private static Moment? ReadAgo(Match match)
    {
        var seconds = 0d;
        foreach (Capture part in match.Groups["part"].Captures)
        {
            seconds += double.Parse(part.ValueSpan[..^1], NumberStyles.None, CultureInfo.InvariantCulture) * part.Value[^1] switch
            {
                'w' => 7 * 86_400,
                'd' => 86_400,
                'h' => 3_600,
                'm' => 60,
                _ => 1,
            };
        }

        // A thousand years: more is a slip of the finger, and no time to subtract from.
        return seconds <= 1000d * 365 * 86_400 ? new Moment(null, TimeSpan.FromSeconds(seconds)) : null;
    }

    [GeneratedRegex("^-(?<part>[0-9]{1,9}[wdhms])+$", RegexOptions.CultureInvariant)]
    private static partial Regex Ago();
}
