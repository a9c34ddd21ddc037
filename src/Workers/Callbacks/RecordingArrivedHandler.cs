using Microsoft.Extensions.Logging;
using Scalelite.Domain;
using Scalelite.Domain.Callbacks;
using Scalelite.Domain.Meetings;
using Scalelite.EventLog;
using Scalelite.Workers.Recordings;

namespace Scalelite.Workers.Callbacks;

/// <summary>
/// Whoever created the meeting is told of each import of its recording: as Scalelite does, also of one that is not published, for the LMS
/// publishes it. The run that recorded decides who that is, never its meetingID, which may be used again and by other tenants.
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
        if (await PlacedAsync(session, recording.Instance, cancellation) is not { Callbacks: { } callbacks } placed) return [];
        if (CallbackMetadata.RecordingReady.FirstOrDefault(callbacks.ContainsKey) is not { } name) return [];
        var urls = await vault.OpenAsync(placed.Instance.ToString(), RunCallbacks.Kind(name), cancellation);
        if (urls.FirstOrDefault(url => url.Fingerprint == callbacks[name]) is not { } url)
        {
            Log.Lost(log, arrived.RecordId, placed.Instance);
            return [];
        }

        var owed = new OwedCallback(CallbackId.Of(arrived.ImportId, arrived.RecordId), CallbackKind.RecordingReady, url.Value)
        {
            TenantId = placed.TenantId,
            Instance = placed.Instance,
            MeetingId = recording.MeetingId,
            RecordId = arrived.RecordId,
            SignerFingerprint = placed.SignerFingerprint,
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
