namespace Scalelite.Domain.WhatIf.Scenarios;

/// <summary>A node that breaks down, and returns empty before the next lessons.</summary>
internal static class NodeFailure
{
    public const string Story =
        "Seminars begin at any time from eight to one, five an hour for each server. At 10:07:20 a node breaks down; the people in its meetings click again. At 10:28 it is back, "
        + "empty, and at 10:30 lessons begin: five classes for each server within a quarter of a minute.";

    private static readonly TimeSpan Bell = new(10, 30, 0);

    public static void Day(ScenarioDay day)
    {
        var (first, hours) = (TimeSpan.FromHours(8), 5);
        for (var i = day.Many(5 * hours); i > 0; i--)
        {
            var begins = first + TimeSpan.FromHours(hours * day.Chance.Unit());
            day.Meet(
                begins, begins, TimeSpan.FromSeconds(90), begins + TimeSpan.FromMinutes(50 + (20 * day.Chance.Unit())),
                day.Size(median: 16, sigma: 0.5, most: 100), closed: day.Chance.Unit() < 0.4);
        }

        for (var i = day.Many(5); i > 0; i--)
        {
            day.Meet(
                Bell + TimeSpan.FromSeconds(15 * day.Chance.Unit()), Bell, TimeSpan.FromSeconds(75), Bell + TimeSpan.FromSeconds((45 * 60) + (60 * day.Chance.Normal())),
                day.Size(median: 18, sigma: 0.45, most: 60), closed: day.Chance.Unit() < 0.4);
        }

        day.Crash(ScenarioDay.Node(Math.Min(6, day.Servers - 1)), new(10, 7, 20), new(10, 28, 0));
    }
}
