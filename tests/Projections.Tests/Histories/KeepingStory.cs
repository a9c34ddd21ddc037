using Scalelite.Domain;
using Scalelite.Domain.Callbacks;
using Scalelite.Domain.Keeping;
using Scalelite.Domain.Meetings;
using Scalelite.Domain.Recordings;
using Scalelite.Projections.Tests.Recordings;

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

        DeliveredLongAgo(story);
        Forgotten(story);
    }

    /// <summary>The row of a callback goes with its stream.</summary>
    private static void DeliveredLongAgo(Story story)
    {
        var callback = new Guid(306, 0, 0, new byte[8]);
        var stream = Streams.Callback(callback);
        story.Tell(stream, new CallbackRegistered(callback, CallbackKind.MeetingEnded, "t1", null, "room", null, "url-fingerprint", "lms.example", null, Given.At(10)));
        var over = story.Tell(stream, new CallbackDelivered(callback, 1, 200, 12, Given.At(12)));
        story.Tell(Streams.Log, new StreamPruned(stream, 2, 3, 4, new string('2', 64), Given.At(301)), over);
    }

    private static void Forgotten(Story story)
    {
        var run = new Guid(13, 0, 0, [0, 0, 0, 0, 0, 0, 0, 13]);
        story.Tell(Streams.Meeting(run), Given.Placed(run, "room 13", "a", 30));
        story.Tell(Streams.Meeting(run), Given.Started(run, "a", "int-13", 31));
        Forget("meeting", Streams.Meeting(run), story.Tell(Streams.Meeting(run), Given.Ended(run, "a", EndLearned.EndCall, 60)), "Name", "Metadata");

        var recording = Streams.Recording("rec-13");
        story.Tell(recording, GivenRecording.Imported("rec-13", metadata: [("a", "1"), ("b", "2")]));
        story.Tell(recording, GivenRecording.Changed("rec-13", [("a", "edited")], "b"));
        Forget("recording", recording, story.Tell(recording, new RecordingUnpublished("rec-13", Given.At(9))), "Recording.Name", "Recording.Metadata");

        void Forget(string kind, string stream, int after, params string[] fields) => story.Tell(
            Streams.Log, new DataForgotten($"{kind} {stream}", [new ForgottenEvent(stream, 3, fields, "was", "is")], Given.At(302)), after);
    }
}
