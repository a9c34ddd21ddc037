using Scalelite.Domain;
using Scalelite.Domain.Callbacks;

namespace Scalelite.Projections.Tests.Histories;

/// <summary>All that happens to callbacks.</summary>
internal static class CallbackStory
{
    public static void Tell(Story story)
    {
        var (waits, delivered, gone, givenUp, retried) = (Id(301), Id(302), Id(303), Id(304), Id(305));
        Of(waits, Registered(waits, CallbackKind.RecordingReady), Failed(waits, 1, 503));
        Of(delivered, Registered(delivered, CallbackKind.Analytics), Failed(delivered, 1, null), new CallbackDelivered(delivered, 2, 204, 31, Given.At(20)));
        Of(gone, Registered(gone, CallbackKind.MeetingEnded), new CallbackDelivered(gone, 1, 410, 12, Given.At(12)));
        Of(givenUp, Registered(givenUp, CallbackKind.RecordingReady), Failed(givenUp, 1, 500), Abandoned(givenUp, 2));
        Of(retried, Registered(retried, CallbackKind.RecordingReady), Abandoned(retried, 1), new CallbackRetried(retried, Given.At(40)));

        void Of(Guid callback, params object[] events)
        {
            foreach (var @event in events) story.Tell(Streams.Callback(callback), @event);
        }
    }

    private static CallbackRegistered Registered(Guid callback, CallbackKind kind) => new(
        callback, kind, "t1", kind == CallbackKind.Analytics ? null : Id(1), "room", kind == CallbackKind.RecordingReady ? "rec-1" : null, "url-fingerprint",
        "lms.example", kind == CallbackKind.MeetingEnded ? null : "signer", Given.At(10));

    private static CallbackAttempted Failed(Guid callback, int attempt, int? status) => new(
        callback, attempt, status, status is null ? "no answer within 10 s" : $"answered {status}", 100, Given.At(10 + attempt), Given.At(9 + attempt));

    private static CallbackAbandoned Abandoned(Guid callback, int attempt) => new(callback, attempt, null, "its host name is not known", Given.At(30));

    private static Guid Id(int n) => new(n, 0, 0, [0, 0, 0, 0, 0, 0, 0, (byte)(n % 256)]);
}
