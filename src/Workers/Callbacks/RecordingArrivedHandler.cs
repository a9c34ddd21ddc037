using Microsoft.Extensions.Logging;
using Scalelite.Domain;
using Scalelite.Domain.Callbacks;
using Scalelite.Domain.Meetings;
using Scalelite.EventLog;
using Scalelite.Workers.Recordings;

namespace Scalelite.Workers.Callbacks;

/// <summary>
/// Whoever created the meeting is told of each import of its recording: as Scalelite does, also of one that is not published, for the LMS
/// publishes it. The run that recorded decides who that is, not its meetingID, which may be used again and by other tenants; only where the run named
/// nobody, or is none of ours, those count whom another load balancer had kept by meetingID (<see cref="InheritedCallbacks"/>).
/// </summary>
public static partial class RecordingArrivedHandler
{
    /// <summary>Registers the callback, once for an import and a recording; nothing where nobody asked to be told.</summary>
    public static async Task<OutgoingMessages> Handle(
        RecordingArrived arrived,
        ArrivedRecordings recordings,
        CallbackRegister register,
        SecretVault vault,
        IDocumentSession session,
        ILogger<ArrivedRecordings> log,
        CancellationToken cancellation)
    {
        if (await recordings.FindAsync(arrived.RecordId, cancellation) is not { } recording) return [];
        var placed = recording.Instance is { } run ? await PlacedAsync(session, run, cancellation) : null;
        var name = CallbackMetadata.RecordingReady.FirstOrDefault(name => placed?.Callbacks?.ContainsKey(name) == true);
        var url = name is null
            ? await InheritedCallbacks.FindAsync(vault, recording.MeetingId, CallbackMetadata.RecordingReady, cancellation)
            : (await vault.OpenAsync(placed!.Instance.ToString(), RunCallbacks.Kind(name), cancellation))
                .FirstOrDefault(url => url.Fingerprint == placed.Callbacks![name])?.Value;
        if (url is null)
        {
            if (name is not null) Log.Lost(log, arrived.RecordId, placed!.Instance);
            return [];
        }

        var owed = new OwedCallback(CallbackId.Of(arrived.ImportId, arrived.RecordId), CallbackKind.RecordingReady, url)
        {
            TenantId = placed?.TenantId ?? recording.TenantId,
            Instance = recording.Instance,
            MeetingId = recording.MeetingId,
            RecordId = arrived.RecordId,
            SignerFingerprint = name is null ? null : placed!.SignerFingerprint,
        };
        return await register.AddAsync(session, owed, cancellation) is { } due ? [due] : [];
    }

    /// <summary>The last placing of the run; null for a run that was found on a node.</summary>
    private static async Task<MeetingPlaced?> PlacedAsync(IDocumentSession session, Guid instance, CancellationToken cancellation) =>
        (await session.Events.FetchStreamAsync(Streams.Meeting(instance), token: cancellation)).Select(e => e.Data).OfType<MeetingPlaced>().LastOrDefault();

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, Message = "Nobody is told of recording {Recording}: the URL that the create of {Instance} named is not in table secret any more")]
        public static partial void Lost(ILogger logger, string recording, Guid instance);
    }
}
