using Scalelite.Api.Recordings;
using Scalelite.BigBlueButton.Answers;

namespace Scalelite.Api.Calls;

/// <summary>The recording calls as they answer with RECORDING_DISABLED: there is no recording.</summary>
internal sealed class RecordingCall(
    string name, CallMethods methods, Func<CallRequest, CallAnswer> answer, Func<BbbError, CallAnswer>? failed = null) : IBbbCall
{
    public string Name => name;

    public CallMethods Methods => methods;

    /// <summary>All of them.</summary>
    public static IEnumerable<IBbbCall> All =>
    [
        new RecordingCall("getRecordings", CallMethods.Get | CallMethods.Post, _ => CallAnswer.Success(BbbXml.NoRecordings)),
        new RecordingCall("publishRecordings", CallMethods.Get, Publish),
        new RecordingCall("updateRecordings", CallMethods.Get | CallMethods.Post, Change),
        new RecordingCall("deleteRecordings", CallMethods.Get, Change),
        new RecordingCall("getRecordingTextTracks", CallMethods.Get | CallMethods.Post, TextTracks, TextTrackJson.Failed),
        new RecordingCall("putRecordingTextTrack", CallMethods.Post, TextTracks, TextTrackJson.Failed),
    ];

    public CallAnswer Failed(BbbError error) => failed?.Invoke(error) ?? CallAnswer.Failed(error);

    public Task<CallAnswer> AnswerAsync(CallRequest request, CancellationToken cancellation) => Task.FromResult(answer(request));

    private static CallAnswer Publish(CallRequest request) =>
        string.IsNullOrEmpty(request.Query["recordID"]) ? CallAnswer.Failed(BbbErrors.MissingRecordId)
        : string.IsNullOrEmpty(request.Query["publish"]) ? CallAnswer.Failed(BbbErrors.MissingPublish)
        : CallAnswer.Failed(BbbErrors.RecordingsNotFound);

    private static CallAnswer TextTracks(CallRequest request) =>
        TextTrackJson.Failed(request.Query["recordID"] is { Length: > 0 } recordId
            ? new BbbError("noRecordings", $"No recording found for {recordId}")
            : BbbErrors.MissingRecordId);

    private static CallAnswer Change(CallRequest request) =>
        CallAnswer.Failed(string.IsNullOrEmpty(request.Query["recordID"]) ? BbbErrors.MissingRecordId : BbbErrors.RecordingsNotFound);
}
