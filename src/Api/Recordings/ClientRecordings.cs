using Scalelite.Api.Calls;
using Scalelite.Api.Playback;
using Scalelite.Domain;
using Scalelite.Domain.Recordings;
using Scalelite.Workers.Recordings;
using Scalelite.Workers.Servers;

namespace Scalelite.Api.Recordings;

/// <summary>What a client does with recordings, each scoped by its tenant: another tenant's is as unknown to it as none.</summary>
internal sealed class ClientRecordings(RecordingStream recordings, RecordingFiles files, PlayableFormats playable)
{
    /// <summary>Decides on one recording.</summary>
    /// <returns>Null where the client has no such recording.</returns>
    public async Task<Decision?> DecideAsync(CallRequest request, string call, string recordId, Func<Recording, Decision> decide, CancellationToken cancellation)
    {
        // PostgreSQL refuses such a text instead of not finding it.
        if (recordId.Contains('\0', StringComparison.Ordinal))
        {
            return null;
        }

        var isForeign = false;
        var by = new ChangedBy(
            request.TenantId.Length == 0 ? "lms" : $"tenant {request.TenantId}", request.CorrelationId, request.Http.Connection.RemoteIpAddress?.ToString());
        try
        {
            var decision = await recordings.DecideAsync(
                recordId,
                by,
                call,
                recording =>
                {
                    isForeign = recording.TenantId != request.TenantId;
                    return isForeign ? Decision.Nothing : decide(recording);
                },
                cancellation);
            return isForeign ? null : decision;
        }
        finally
        {
            playable.Drop(recordId);
        }
    }

    /// <summary>
    /// Has the files of a recording follow its state, also where nothing changed: an earlier try may have ended between the two. Whatever stays
    /// is done by a worker.
    /// </summary>
    /// <returns>Whether they are where they belong.</returns>
    public async Task<bool> SettleAsync(string recordId, CancellationToken cancellation)
    {
        try
        {
            return await files.SettleAsync(recordId, cancellation);
        }
        finally
        {
            playable.Drop(recordId);
        }
    }
}
