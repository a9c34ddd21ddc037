namespace Scalelite.Domain.WhatIf.Scenarios;

/// <summary>Exam rooms.</summary>
internal static class ExamWeek
{
    public const string Story =
        "Five days. At 8:45 and 13:15 a script opens the rooms of the written exams at once, five for each server, about 28 users in each, for two hours and a half; "
        + "all day there are oral exams of three people, one slot after the other, two for each server.";

    private static readonly TimeSpan[] Written = [new(8, 45, 0), new(13, 15, 0)];

    public static void Day(ScenarioDay day)
    {
        foreach (var opens in Written)
        {
            for (var i = day.Many(5); i > 0; i--)
            {
                var size = Math.Clamp((int)Math.Round(28 + (4 * day.Chance.Normal())), 15, 40);
                day.Meet(
                    opens + TimeSpan.FromSeconds(5 * day.Chance.Unit()), opens + TimeSpan.FromSeconds(60), TimeSpan.FromMinutes(4),
                    opens + TimeSpan.FromMinutes(150) + TimeSpan.FromSeconds(120 * day.Chance.Normal()), size, closed: true);
            }
        }

        for (var slot = TimeSpan.FromHours(8.5); slot < TimeSpan.FromHours(17); slot += TimeSpan.FromMinutes(30))
        {
            for (var i = day.Many(2); i > 0; i--)
            {
                day.Meet(
                    day.About(slot, early: 0.3, earlySeconds: 90, lateSeconds: 30), slot, TimeSpan.FromSeconds(60),
                    slot + TimeSpan.FromMinutes(22 + (5 * day.Chance.Unit())), size: 3, closed: day.Chance.Unit() < 0.6);
            }
        }
    }
}
