namespace Scalelite.Domain.WhatIf.Scenarios;

/// <summary>Very large meetings among small ones.</summary>
internal static class Webinar
{
    public const string Story =
        "Seminars of a dozen begin at any time from eight to five, two an hour for each server. Among them are four webinars of 1,000 users, at ten (two at once), "
        + "at two and at four o'clock: created a quarter of an hour before, and people come for ten minutes.";

    private static readonly TimeSpan[] Webinars = [new(10, 0, 0), new(10, 0, 0), new(14, 0, 0), new(16, 0, 0)];

    public static void Day(ScenarioDay day)
    {
        var (first, hours) = (TimeSpan.FromHours(8), 9);
        for (var i = day.Many(2 * hours); i > 0; i--)
        {
            var begins = first + TimeSpan.FromHours(hours * day.Chance.Unit());
            day.Meet(
                begins, begins, TimeSpan.FromSeconds(120), begins + TimeSpan.FromMinutes(60 + (30 * day.Chance.Unit())),
                day.Size(median: 10, sigma: 0.6, most: 100), closed: day.Chance.Unit() < 0.4);
        }

        foreach (var begins in Webinars)
        {
            var opened = begins - TimeSpan.FromSeconds(900 + (60 * day.Chance.Unit()));
            day.Meet(opened, begins - TimeSpan.FromMinutes(8), TimeSpan.FromMinutes(5), begins + TimeSpan.FromMinutes(75), 1000, closed: true);
        }
    }
}
