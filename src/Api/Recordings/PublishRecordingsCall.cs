using Scalelite.Api.Calls;
using Scalelite.BigBlueButton.Answers;

namespace Scalelite.Api.Recordings;

/// <summary>publishRecordings (<c>bbb-api.md §4.2</c>): those that are found are published or unpublished, and their files follow.</summary>
internal sealed class PublishRecordingsCall(ClientRecordings recordings) : IBbbCall
{
    public string Name => "publishRecordings";

    public CallMethods Methods => CallMethods.Get;

    public async Task<CallAnswer> AnswerAsync(CallRequest request, CancellationToken cancellation)
    {
        if (RecordingQuery.Ids(request, "recordID") is not { } ids)
        {
            return CallAnswer.Failed(BbbErrors.MissingRecordId);
        }

        if (!bool.TryParse(request.Query["publish"], out var publish))
        {
            return CallAnswer.Failed(BbbErrors.MissingPublish);
        }

        var (found, settled) = (false, false);
        foreach (var id in ids)
        {
            var decision = await recordings.DecideAsync(
                request, Name, id, recording => publish ? recording.Publish(request.ReceivedAt) : recording.Unpublish(request.ReceivedAt), cancellation);
            if (decision is { Refusal: null })
            {
                found = true;
                settled |= await recordings.SettleAsync(id, cancellation);
            }
        }

        // What was unpublished is not played, wherever its files are; what was published can't be played before its files are there.
        return !found ? CallAnswer.Failed(BbbErrors.RecordingsNotFound)
            : publish && !settled ? CallAnswer.Failed(BbbErrors.RecordingNotPublished)
            : CallAnswer.Success(BbbXml.Published(publish));
    }
}
