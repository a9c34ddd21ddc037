using Scalelite.Api.Calls;
using Scalelite.BigBlueButton.Answers;
using Scalelite.Domain;
using Scalelite.Domain.Recordings;
using Scalelite.Workers.Configuration;

namespace Scalelite.Api.Recordings;

/// <summary>
/// updateRecordings (<c>bbb-api.md §4.2</c>): metadata, and protection where that feature is on, of all that are found. The answer is
/// <c>false</c> as soon as one was not found or refused, and where nothing changed.
/// </summary>
internal sealed class UpdateRecordingsCall(ClientRecordings recordings, PlaybackSettings playback) : IBbbCall
{
    public string Name => "updateRecordings";

    public CallMethods Methods => CallMethods.Get | CallMethods.Post;

    public async Task<CallAnswer> AnswerAsync(CallRequest request, CancellationToken cancellation)
    {
        if (RecordingQuery.Ids(request, "recordID") is not { } ids)
        {
            return CallAnswer.Failed(BbbErrors.MissingRecordId);
        }

        var metadata = RecordingQuery.Metadata(request)
            .Where(meta => RecordingQuery.IsMetadataKey(meta.Key))
            .ToDictionary(meta => meta.Key, meta => meta.Value.Replace("\0", "", StringComparison.Ordinal), StringComparer.Ordinal);
        bool? protect = playback.ProtectionEnabled && bool.TryParse(request.Query["protect"], out var wanted) ? wanted : null;
        var (allFound, changed) = (true, false);
        foreach (var id in ids)
        {
            var decision = await recordings.DecideAsync(
                request, Name, id, recording => Update(recording, metadata, protect, request.ReceivedAt), cancellation);
            allFound &= decision is { Refusal: null };
            changed |= decision?.Events.Count > 0;
        }

        return CallAnswer.Success(BbbXml.Updated(allFound && changed));
    }
    /// <summary>All of it or, where a part is refused, nothing.</summary>
    private static Decision Update(Recording recording, IReadOnlyDictionary<string, string> metadata, bool? protect, DateTimeOffset at)
    {
        var change = recording.ChangeMetadata(metadata, at);
        var protection = protect is { } wanted ? recording.Protect(wanted, at) : Decision.Nothing;
        return change.Refusal is not null ? change
            : protection.Refusal is not null ? protection
            : Decision.Of([.. change.Events, .. protection.Events]);
    }
}
