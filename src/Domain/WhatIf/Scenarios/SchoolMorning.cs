namespace Scalelite.Domain.WhatIf.Scenarios;

/// <summary>Lessons.</summary>
internal static class SchoolMorning
{
    public const string Story =
        "Five lessons of 45 minutes, from eight o'clock on, six classes for each server. Three in four teachers open their class within seconds of the bell, "
        + "the others some minutes before; the pupils come within a few minutes.";

    private static readonly TimeSpan[] Bells = [new(8, 0, 0), new(8, 50, 0), new(9, 45, 0), new(10, 40, 0), new(11, 35, 0)];

    public static void Day(ScenarioDay day)
    {
        foreach (var bell in Bells)
        {
            for (var i = day.Many(6); i > 0; i--)
            {
                var ends = bell + TimeSpan.FromSeconds((45 * 60) + (60 * day.Chance.Normal()));
                day.Meet(
                    day.About(bell, early: 0.25, earlySeconds: 120, lateSeconds: 15), bell, TimeSpan.FromSeconds(75), ends,
                    day.Size(median: 18, sigma: 0.45, most: 60), closed: day.Chance.Unit() < 0.4);
            }
        }
    }
}
