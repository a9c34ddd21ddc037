using Scalelite.Domain;
using Scalelite.Domain.Keeping;

namespace Scalelite.Projections.Tests.Histories;

/// <summary>What was done to the log: days of the past that are rolled up and pruned, and what was forgotten.</summary>
internal static class KeepingStory
{
    private static readonly DateTimeOffset Past = Given.Start.AddDays(-31);
    private static readonly Guid Process = new(98, 0, 0, [0, 0, 0, 0, 0, 0, 0, 98]);
    private static readonly Guid Run = new(97, 0, 0, [0, 0, 0, 0, 0, 0, 0, 97]);

    public static void Tell(Story story)
    {
        story.Tell(Streams.Polls("a", Past), Given.Polled("a", 1, 0) with { BeganAt = Past });
        story.Tell(
            Streams.ServerDays("a"),
            new ServerDayRolledUp("a", DateOnly.FromDateTime(Past.UtcDateTime), [new(480, 1, 0, null, 0, 0, 0), new(481, 12, 1, 130, 4, 118, 9)], Given.At(1)));
        story.Tell(Streams.Log, new StreamPruned(Streams.Polls("a", Past), 1, 1, 1, new string('0', 64), Given.At(1)));

        var joins = Streams.Joins(Process, Past);
        story.Tell(joins, Given.Joins(0, (Run, "a", 4)) with { To = Past.AddSeconds(3) });
        story.Tell(
            Streams.JoinDays(Past),
            new JoinsRolledUp(joins, [new(Run, "a", Past, 4), new(Run, "b", Past.AddMinutes(1), 2)], Given.At(2)));
        story.Tell(Streams.Log, new StreamPruned(joins, 1, 2, 2, new string('1', 64), Given.At(2)));

        story.Tell(Streams.Log, new DataForgotten("recording forgotten", [new("recording-forgotten", 3, ["Name"], "was", "is")], Given.At(3)));
    }
}
