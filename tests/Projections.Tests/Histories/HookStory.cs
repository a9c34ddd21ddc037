using Scalelite.Domain;
using Scalelite.Domain.Hooks;

namespace Scalelite.Projections.Tests.Histories;

/// <summary>All that happens to hooks.</summary>
internal static class HookStory
{
    public static void Tell(Story story)
    {
        Of("there", Created("there", 1, "room", "user-joined", raw: true));
        Of("destroyed", Created("destroyed", 2), Destroyed("destroyed"));
        Of("again", Created("again", 3), Destroyed("again"), Created("again", 4, "other"));

        void Of(string url, params object[] events)
        {
            foreach (var @event in events) story.Tell(Streams.Hook(Hook.IdOf("t1", url)), @event);
        }
    }

    private static HookCreated Created(string url, long number, string? meetingId = null, string? eventIds = null, bool raw = false) => new(
        Hook.IdOf("t1", url), number, "t1", meetingId, eventIds, raw, url, "lms.example", "signer", "https://lb.example", Given.At((int)number));

    private static HookDestroyed Destroyed(string url) => new(Hook.IdOf("t1", url), Given.At(20));
}
