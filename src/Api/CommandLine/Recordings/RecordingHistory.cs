using Scalelite.Api.CommandLine.Meetings;
using Scalelite.Domain;
using Scalelite.EventLog;
using Scalelite.Projections.Recordings;

namespace Scalelite.Api.CommandLine.Recordings;

/// <summary>A recording with all that happened to it.</summary>
/// <param name="Instance">The meeting's run, where we know it.</param>
/// <param name="Metadata">Keys in lower case.</param>
/// <param name="Events">Its stream, in order.</param>
internal sealed record RecordingHistory(
    RecordingRow Recording, string? InternalMeetingId, Guid? Instance, IReadOnlyDictionary<string, string> Metadata,
    IReadOnlyList<CatalogedFormat> Formats, IReadOnlyList<HistoryEvent> Events)
{
    /// <summary>Null where there is no such recording.</summary>
    public static async Task<RecordingHistory?> FindAsync(RecordingCatalog catalog, EventLogReader log, string recordId, CancellationToken cancellation)
    {
        if (await catalog.FindAsync(recordId, cancellation) is not { } found) return null;
        var events = new List<HistoryEvent>();
        await foreach (var row in log.ReadStreamAsync(Streams.Recording(recordId), cancellation: cancellation))
            events.Add(HistoryEvent.From(row));
        return new RecordingHistory(
            RecordingRow.Of(found), found.InternalMeetingId, found.Instance, new SortedDictionary<string, string>(found.Metadata.ToDictionary(), StringComparer.Ordinal),
            found.Formats, events);
    }
}
