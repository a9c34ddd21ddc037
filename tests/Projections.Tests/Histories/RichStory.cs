using Scalelite.Domain;
using Scalelite.Domain.Meetings;
using Scalelite.Domain.Servers;

namespace Scalelite.Projections.Tests.Histories;

/// <summary>A day on which everything happens that can happen.</summary>
internal static class RichStory
{
    private static readonly Guid Process = Id(99);

    public static Story Tell()
    {
        var story = new Story();
        Servers(story);
        Meetings(story);
        Polls(story);
        ImportStory.Tell(story);
        TenantStory.Tell(story);
        RecordingStory.Tell(story);
        CallbackStory.Tell(story);
        HookStory.Tell(story);
        AdminTokenStory.Tell(story);
        KeepingStory.Tell(story);
        return story;
    }

    private static Guid Id(int n) => new(n, 0, 0, [0, 0, 0, 0, 0, 0, 0, (byte)n]);

    private static void Servers(Story story)
    {
        foreach (var (server, multiplier, tag) in new[] { ("a", 1m, null), ("b", 2.5m, "gpu"), ("c", 1m, null), ("d", 1m, null), ("e", 0.5m, null) })
        {
            Of(server, Given.Registered(server, 0, multiplier, tag), new ServerEnabled(server, Given.At(1)), new ServerCameOnline(server, Given.At(2)));
        }

        Of("a", new ServerTagged("a", "music", Given.At(3)), new LoadMultiplierChanged("a", 1.25m, Given.At(4)), new ServerCapacityChanged("a", 400, Given.At(4)), new SecretRotated("a", "fresh", Given.At(5)));
        Of("b", new ServerTagged("b", null, Given.At(3)), new ServerSuspected("b", "timeout", Given.At(6)), new ServerWentOffline("b", "timeout", Given.At(16)));
        Of("b", new ServerVersionSeen("b", "3.0.4", Given.At(20)), new ServerUrlChanged("b", "https://b2.example.org/bigbluebutton/api", Given.At(21)), new ServerCordoned("b", Given.At(30)));
        Of("b", new ServerEndCallbacksPassed("b", Given.At(31)));
        Of("c", new ServerCordoned("c", Given.At(30)), new ServerDrained("c", Given.At(40)), new ServerPanicked("c", true, 1, Given.At(41)));
        Of("d", new ServerPanicked("d", false, 2, Given.At(50)), new ServerRemoved("d", Given.At(51)), Given.Registered("d", 60, 3));
        Of("e", new ServerDisabled("e", Given.At(50)), new ServerRemoved("e", Given.At(70)));

        void Of(string server, params object[] events)
        {
            foreach (var @event in events) story.Tell(Streams.Server(server), @event);
        }
    }

    private static void Meetings(Story story)
    {
        // Failed, tried again, live; joined on both servers.
        Of(1, Given.Placed(Id(1), "room 1", "a", 10, voiceBridge: "70001"), Given.Failed(Id(1), "a", PlacementFailure.Uncertain, 11));
        Of(1, Given.Placed(Id(1), "room 1", "b", 12, voiceBridge: "70002"), Given.Started(Id(1), "b", "int-1", 13, "70002"));
        Joined(14, (Id(1), "a", 2), (Id(1), "b", 3));

        // Moved away and back, and still there; the copy that it left is watched.
        Of(2, Given.Placed(Id(2), "room 2", "a", 10, "t1"), Given.Started(Id(2), "a", "int-2a", 11), Given.Moved(Id(2), "a", "int-2a", "c", 80));
        Of(2, Given.Started(Id(2), "c", "int-2c", 81), Given.MovedBack(Id(2), "c", "int-2c", "a", "int-2a", 90));
        Joined(95, (Id(2), "a", 4));

        // A copy that is gone; ended, and placed anew elsewhere.
        Of(3, Given.Placed(Id(3), "room 3", "c", 10, "t1", "70003"), Given.Started(Id(3), "c", "int-3c", 11), Given.Moved(Id(3), "c", "int-3c", "b", 80));
        Of(3, new MeetingCopyGone(Id(3), "c", "ended when empty", Given.At(85)), Given.Started(Id(3), "b", "int-3b", 86));
        Of(3, Given.Ended(Id(3), "b", EndLearned.PlacedAnew, 100));
        Of(4, Given.Placed(Id(4), "room 3", "a", 100, "t1", "70003"));

        // Found on nodes: one that is over, one that is live.
        Of(5, Given.Adopted(Id(5), "breakout", "b", "int-5", 20, voiceBridge: "70005"), Given.Ended(Id(5), "b", EndLearned.Polls, 50));
        Of(6, Given.Adopted(Id(6), "found", "a", "int-6", 20, "t2", "70006"));

        // Never began, and lost with its server.
        Of(7, Given.Placed(Id(7), "room 7", "e", 30), Given.Failed(Id(7), "e", PlacementFailure.Refused, 31));
        Of(8, Given.Placed(Id(8), "room 8", "d", 30), Given.Started(Id(8), "d", "int-8", 31), Given.Ended(Id(8), "d", EndLearned.ServerPanicked, 50));

        // Their nodes call when they end: one has, one has not, of one all is told, and one goes on without a call from its copy.
        Of(9, Given.Placed(Id(9), "room 9", "a", 30) with { EndRelayed = true }, Given.Started(Id(9), "a", "int-9", 31));
        Of(9, new MeetingEndCalled(Id(9), "a", true, Given.At(50)), Given.Ended(Id(9), "a", EndLearned.Callback, 51));
        Of(10, Given.Placed(Id(10), "room 10", "a", 30) with { EndRelayed = true }, Given.Started(Id(10), "a", "int-10", 31), Given.Ended(Id(10), "a", EndLearned.Polls, 60));
        Of(11, Given.Placed(Id(11), "room 11", "a", 30) with { EndRelayed = true }, Given.Started(Id(11), "a", "int-11", 31), Given.Ended(Id(11), "a", EndLearned.EndCall, 55));
        Of(11, new MeetingEndCalled(Id(11), "a", false, Given.At(56)), new MeetingEndTold(Id(11), true, true, Given.At(57)));
        Of(12, Given.Placed(Id(12), "room 12", "a", 30) with { EndRelayed = true }, Given.Started(Id(12), "a", "int-12", 31), Given.Ended(Id(12), "a", EndLearned.Replaced, 55));

        void Of(int meeting, params object[] events)
        {
            foreach (var @event in events) story.Tell(Streams.Meeting(Id(meeting)), @event);
        }

        void Joined(int second, params (Guid, string, int)[] joins) =>
            story.Tell(Streams.Joins(Process, Given.At(second)), Given.Joins(second, joins));
    }

    private static void Polls(Story story)
    {
        for (var round = 1; round <= 9; round++)
        {
            var second = 20 + (5 * round);
            Of("a", second, Given.Polled(
                "a", round, second, Given.Seen("room 2", "int-2a", round, Id(2), 0, 11), Given.Seen("found", "int-6", 20 - round, Id(6), 0, 15)));
            Of("b", second, round % 4 == 0
                ? Given.PollFailed("b", round, second)
                : Given.Polled("b", round, second, Given.Seen("room 1", "int-1", 30, Id(1), 3, 13)) with { Missing = [Id(3)] });
        }

        Of("c", 30, Given.Polled("c", 1, 30));
        Of("d", 62, Given.PollFailed("d", 1, 62, 1));

        // A poll that began before its server was removed and registered again.
        Of("d", 45, Given.Polled("d", 7, 45, Given.Seen("room 8", "int-8", 5, Id(8))));

        void Of(string server, int second, object @event) => story.Tell(Streams.Polls(server, Given.At(second)), @event);
    }
}
