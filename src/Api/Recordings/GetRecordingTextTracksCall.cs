using Scalelite.Api.Calls;
using Scalelite.Api.Playback;
using Scalelite.BigBlueButton.Answers;
using Scalelite.Domain.Recordings;
using Scalelite.Projections.Recordings;

namespace Scalelite.Api.Recordings;

/// <summary>getRecordingTextTracks (<c>bbb-api.md §4.3</c>): the captions of one recording, each with a link that opens for an hour.</summary>
internal sealed class GetRecordingTextTracksCall(RecordingCatalog catalog, ProtectedLinks links) : IBbbCall
{
    public string Name => "getRecordingTextTracks";

    public CallMethods Methods => CallMethods.Get | CallMethods.Post;

    public CallAnswer Failed(BbbError error) => TextTrackJson.Failed(error);

    public async Task<CallAnswer> AnswerAsync(CallRequest request, CancellationToken cancellation)
    {
        if (request.Query["recordID"] is not { Length: > 0 } recordId)
        {
            return Failed(BbbErrors.MissingRecordId);
        }

        var recording = await catalog.FindAsync(recordId, cancellation);
        if (recording is null or { State: RecordingState.Deleted } || recording.TenantId != request.TenantId)
        {
            return Failed(new BbbError("noRecordings", $"No recording found for {recordId}"));
        }

        var tracks = await catalog.TextTracksAsync(recordId, cancellation);
        if (tracks.Count == 0)
        {
            return Failed(new BbbError("noCaptionsFound", $"No captions found for {recordId}"));
        }

        var origin = ProtectedLinks.OriginOf(request.Http.Request);
        return TextTrackJson.Success(json =>
        {
            json.WriteStartArray("tracks");
            foreach (var track in tracks)
            {
                json.WriteStartObject();
                json.WriteString("href", links.CaptionsOf(origin, request.TenantId, recordId, track.Kind, track.Lang));
                json.WriteString("kind", track.Kind);
                json.WriteString("label", track.Label);
                json.WriteString("lang", track.Lang);
                json.WriteString("source", track.Source);
                json.WriteEndObject();
            }

            json.WriteEndArray();
        });
    }
}
