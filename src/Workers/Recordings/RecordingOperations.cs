using Scalelite.Domain;
using Scalelite.Domain.Recordings;
using Scalelite.Workers.Servers;

namespace Scalelite.Workers.Recordings;

/// <summary>
/// What people do with recordings. Each loads, decides, appends, and has the files follow; from the moment of the event the recording is
/// listed and played as it says, whether or not its files are where they belong.
/// </summary>
public sealed class RecordingOperations(RecordingStream recordings, RecordingFiles files, TimeProvider time)
{
    /// <summary>Lists it and lets it be played.</summary>
    public Task<RecordingOutcome> PublishAsync(string recordId, ChangedBy by, CancellationToken cancellation) =>
        DecideAsync(recordId, by, "recordings publish", (recording, at) => recording.Publish(at), cancellation);

    /// <summary>It is not played from this moment.</summary>
    public Task<RecordingOutcome> UnpublishAsync(string recordId, ChangedBy by, CancellationToken cancellation) =>
        DecideAsync(recordId, by, "recordings unpublish", (recording, at) => recording.Unpublish(at), cancellation);

    /// <summary>Takes it away from everybody, with its files.</summary>
    /// <param name="why">A person, or the retention that ran out.</param>
    public Task<RecordingOutcome> DeleteAsync(string recordId, string why, ChangedBy by, CancellationToken cancellation) =>
        DecideAsync(recordId, by, "recordings delete", (recording, at) => recording.Delete(why, at), cancellation);

    /// <summary>Lets the next import bring a deleted one back.</summary>
    public Task<RecordingOutcome> RestoreAsync(string recordId, ChangedBy by, CancellationToken cancellation) =>
        DecideAsync(recordId, by, "recordings restore", (recording, at) => recording.Restore(at), cancellation);

    /// <summary>Gives it to another tenant; empty: to none.</summary>
    public Task<RecordingOutcome> GiveToTenantAsync(string recordId, string tenantId, ChangedBy by, CancellationToken cancellation) =>
        DecideAsync(recordId, by, "recordings add-to-tenant", (recording, at) => recording.GiveToTenant(tenantId, at), cancellation);

    private async Task<RecordingOutcome> DecideAsync(
        string recordId, ChangedBy by, string command, Func<Recording, DateTimeOffset, Decision> decide, CancellationToken cancellation)
    {
        var at = time.GetUtcNow();
        return await recordings.DecideAsync(recordId, by, command, recording => decide(recording, at), cancellation) switch
        {
            null => new RecordingOutcome.Unknown(),
            { Refusal: { } why } => new RecordingOutcome.Refused(why),
            _ => new RecordingOutcome.Done(await files.SettleAsync(recordId, cancellation)),
        };
    }
}
