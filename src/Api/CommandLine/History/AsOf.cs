using System.ComponentModel;
using System.Globalization;
using Scalelite.Workers.History;

namespace Scalelite.Api.CommandLine.History;

/// <summary>Which moment something was so.</summary>
/// <param name="At">The moment that was asked for; now, where it was to come.</param>
/// <param name="Number">The last event of the log that counts; 0: the moment is before the first.</param>
/// <param name="Resolution"><c>event</c>; <c>minute</c> where polls of that time are pruned: load, users and meetings of servers are then the most of a minute.</param>
internal sealed record AsOf(
    DateTimeOffset At,
    [property: Description("The last event of the log that counts; 0: the moment is before the first")] long Number,
    [property: Description("event; minute where polls of that time are pruned: load, users and meetings of servers are then the most of a minute")] string Resolution)
{
    public static AsOf Of(PoolMoment moment) => new(moment.At, moment.Number, moment.Pruned.Count > 0 ? "minute" : "event");

    /// <summary>For a person, in a line.</summary>
    public static string LineOf(PoolMoment moment)
    {
        if (moment.Number == 0) return $"As of {Time(moment.At)}: before the first event of the log, of which nothing is known";
        var written = moment.NumberAt is { } at ? $" of {Time(at)}" : "";
        var line = string.Create(CultureInfo.InvariantCulture, $"As of {Time(moment.At)}, after event {moment.Number}{written}");
        if (moment.Pruned.Count == 0) return line;
        var minute = moment.Pruned.Values.Max(server => server.Minute);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{line}. Polls of that day are pruned: load, users and meetings of {moment.Pruned.Count} servers are the most of a minute, at the latest that of {minute.UtcDateTime:HH:mm}");
    }

    private static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss.FFF'Z'", CultureInfo.InvariantCulture);
}
