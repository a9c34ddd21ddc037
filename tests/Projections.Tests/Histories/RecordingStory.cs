using Scalelite.Domain;
using Scalelite.Domain.Recordings;
using Scalelite.Projections.Tests.Recordings;

namespace Scalelite.Projections.Tests.Histories;

/// <summary>Everything that can happen to recordings, of two tenants.</summary>
internal static class RecordingStory
{
    public static void Tell(Story story)
    {
        Of("rec-1", GivenRecording.Imported("rec-1", tenant: "t1", metadata: [("a", "1"), ("b", "2"), ("c", "3")]), new RecordingProtected("rec-1", true, Given.At(6)));
        Of("rec-1", GivenRecording.Changed("rec-1", [("a", "edited"), ("d", "4")], "b"), new RecordingUnpublished("rec-1", Given.At(7)));
        Of("rec-1", new RecordingFormatMoved("rec-1", "presentation", RecordingPlace.Unpublished, Given.At(8)));
        Of("rec-1", GivenRecording.Imported("rec-1", format: "video", place: RecordingPlace.Unpublished, metadata: [("a", "1"), ("b", "2"), ("e", "5")]));
        Of("rec-1", Track("rec-1", "en"), new RecordingPublished("rec-1", Given.At(9)));
        Of("rec-1", new RecordingFormatMoved("rec-1", "video", RecordingPlace.Published, Given.At(10)));

        Of("rec-2", GivenRecording.Imported("rec-2", tenant: "t2", published: false, metadata: [("a", "1")]), Track("rec-2", "de"));
        Of("rec-2", new RecordingDeleted("rec-2", "retention", Given.At(7)), new RecordingFormatRemoved("rec-2", "presentation", Given.At(8)));
        Of("rec-2", new RecordingRestored("rec-2", Given.At(9)), GivenRecording.Imported("rec-2", metadata: [("b", "2")]));

        Of("rec-3", GivenRecording.Imported("rec-3", tenant: "t1"), new RecordingGivenToTenant("rec-3", "t2", Given.At(7)));
        Of("rec-3", Track("rec-3", "fr"), Track("rec-3", "fr"));
        Of("rec-4", GivenRecording.Imported("rec-4", tenant: "t2"), new RecordingDeleted("rec-4", "a person", Given.At(7)));

        Of("rec-5", GivenRecording.TakenOver("rec-5", "t1", published: true, ["presentation", "video"]), new RecordingUnpublished("rec-5", Given.At(7)));
        Of("rec-6", GivenRecording.TakenOver("rec-6", "t1", published: false, [], deleted: true), new RecordingRestored("rec-6", Given.At(8)));

        void Of(string id, params object[] events)
        {
            foreach (var @event in events) story.Tell(Streams.Recording(id), @event);
        }
    }

    private static RecordingTextTrackStored Track(string id, string lang) => new(id, "captions", lang, lang, "upload", 99, Given.At(9));
}
