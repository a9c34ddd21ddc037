using Scalelite.BigBlueButton.Answers;

namespace Scalelite.Api.Calls;

/// <summary>The recording calls as they answer with RECORDING_DISABLED: there is no recording.</summary>
internal sealed class RecordingCall(string name, CallMethods methods, Func<CallRequest, CallAnswer> answer) : IBbbCall
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
    ];

    public Task<CallAnswer> AnswerAsync(CallRequest request, CancellationToken cancellation) => Task.FromResult(answer(request));

    private static CallAnswer Publish(CallRequest request) =>
        string.IsNullOrEmpty(request.Query["recordID"]) ? CallAnswer.Failed(BbbErrors.MissingRecordId)
        : string.IsNullOrEmpty(request.Query["publish"]) ? CallAnswer.Failed(BbbErrors.MissingPublish)
        : CallAnswer.Failed(BbbErrors.RecordingsNotFound);

    private static CallAnswer Change(CallRequest request) =>
        CallAnswer.Failed(string.IsNullOrEmpty(request.Query["recordID"]) ? BbbErrors.MissingRecordId : BbbErrors.RecordingsNotFound);
}
