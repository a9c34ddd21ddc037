using Scalelite.Api.Calls;
using Scalelite.BigBlueButton.Answers;

namespace Scalelite.Api.Recordings;

/// <summary>deleteRecordings (<c>bbb-api.md §4.2</c>): those that are found are gone for everybody, and their files follow.</summary>
internal sealed class DeleteRecordingsCall(ClientRecordings recordings) : IBbbCall
{
    public string Name => "deleteRecordings";

    public CallMethods Methods => CallMethods.Get;

    public async Task<CallAnswer> AnswerAsync(CallRequest request, CancellationToken cancellation)
    {
        if (RecordingQuery.Ids(request, "recordID") is not { } ids)
        {
            return CallAnswer.Failed(BbbErrors.MissingRecordId);
        }

        var found = false;
        foreach (var id in ids)
        {
            var decision = await recordings.DecideAsync(request, Name, id, recording => recording.Delete(Name, request.ReceivedAt), cancellation);
            if (decision is not null)
            {
                found |= decision.Events.Count > 0;
                await recordings.SettleAsync(id, cancellation);
            }
        }

        return found ? CallAnswer.Success(BbbXml.Deleted(true)) : CallAnswer.Failed(BbbErrors.RecordingsNotFound);
    }
}
