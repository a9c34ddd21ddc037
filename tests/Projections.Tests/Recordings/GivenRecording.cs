using Scalelite.Domain.Recordings;
using Scalelite.Projections.Tests.Histories;

namespace Scalelite.Projections.Tests.Recordings;

/// <summary>Events of recordings with what does not matter filled in.</summary>
internal static class GivenRecording
{
    public static RecordingImported Imported(
        string id,
        string meetingId = "room",
        string tenant = "",
        string format = "presentation",
        bool published = true,
        RecordingPlace? place = null,
        long start = 1_700_000_000_000,
        params (string Key, string Value)[] metadata) => new(
        id,
        tenant,
        Guid.Empty,
        null,
        new RecordingDescription(
            id, meetingId, id, $"Name of {meetingId}", start, start + 60_000, 3, 123_456, true, new BreakoutOf("parent", 2, false), ["a", "b"],
            metadata.ToDictionary(meta => meta.Key, meta => meta.Value)),
        new RecordingFormat(
            format, $"/playback/{format}/2.3/{id}", 3, 7177, 1000, [new Thumbnail($"/{format}/{id}/thumb-1.png", 176, 136, "a \"slide\"")], 12, 34_567, "abc"),
        place ?? (published ? RecordingPlace.Published : RecordingPlace.Unpublished),
        published,
        Given.At(5));

    public static RecordingTakenOver TakenOver(string id, string tenant, bool published, string[] formats, bool deleted = false)
    {
        var imported = Imported(id, tenant: tenant, metadata: [("a", "1"), ("B", "2")]);
        return new RecordingTakenOver(
            id, tenant, null, imported.Recording, [.. formats.Select(format => imported.Format with { Format = format })], published, Protected: true, deleted, Given.At(5));
    }

    public static RecordingMetadataChanged Changed(string id, (string Key, string Value)[] set, params string[] removed) =>
        new(id, set.ToDictionary(meta => meta.Key, meta => meta.Value), removed, Given.At(6));
}
