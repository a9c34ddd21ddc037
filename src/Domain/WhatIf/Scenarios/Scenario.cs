using Scalelite.Domain.Servers;

namespace Scalelite.Domain.WhatIf.Scenarios;

/// <summary>A day, or a week, that never was, to compare ways of placing on.</summary>
/// <param name="Name">As the command takes it.</param>
/// <param name="Story">What happens in it, in a sentence or two.</param>
/// <param name="Happenings">In order of time; made as they are read, so that a year of them needs no memory.</param>
public sealed record Scenario(string Name, string Story, DateTimeOffset From, DateTimeOffset To, IEnumerable<Happening> Happenings)
{
    /// <summary>The scenarios' names.</summary>
    public static IReadOnlyList<string> Names { get; } = ["school-morning", "webinar", "exam-week", "node-failure"];

    /// <summary>The scenario of that name; null where there is none.</summary>
    /// <param name="servers">How many nodes there are; how many meetings, follows from it.</param>
    /// <param name="scale">So many times as many meetings.</param>
    /// <param name="days">So many days of it; null: as many as it has by itself.</param>
    public static Scenario? Create(string name, int servers = 20, double scale = 1, int? days = null, ulong seed = 1) => name switch
    {
        "school-morning" => Over(name, SchoolMorning.Story, 13, days ?? 1, servers, scale, seed, SchoolMorning.Day),
        "webinar" => Over(name, Webinar.Story, 19, days ?? 1, servers, scale, seed, Webinar.Day),
        "exam-week" => Over(name, ExamWeek.Story, 18, days ?? 5, servers, scale, seed, ExamWeek.Day),
        "node-failure" => Over(name, NodeFailure.Story, 15, days ?? 1, servers, scale, seed, NodeFailure.Day),
        _ => null,
    };

    private static Scenario Over(
        string name, string story, int untilHour, int days, int servers, double scale, ulong seed, Action<ScenarioDay> tell)
    {
        // A Monday.
        var begin = new DateTimeOffset(2026, 3, 2, 0, 0, 0, TimeSpan.Zero);
        var (from, to) = (begin.AddHours(7), begin.AddDays(days - 1).AddHours(untilHour));
        return new Scenario(name, story, from, to, Tell());

        IEnumerable<Happening> Tell()
        {
            for (var i = 0; i < servers; i++)
            {
                // A minute for its first poll.
                var (id, at) = (ScenarioDay.Node(i), begin.AddSeconds(i * 60d / servers));
                yield return new ServerHappened(at, new ServerRegistered(id, $"https://{id}.example.org/bigbluebutton/api", "", 1, null, at));
                yield return new ServerHappened(at, new ServerEnabled(id, at));
                yield return new ServerHappened(at, new ServerCameOnline(id, at));
            }

            for (var i = 0; i < days; i++)
            {
                var day = new ScenarioDay(begin.AddDays(i), servers, scale, SplitMix.Of(seed, (ulong)i));
                tell(day);
                foreach (var happening in day.InOrder())
                    yield return happening;
            }
        }
    }
}
