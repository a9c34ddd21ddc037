using Scalelite.Domain.AdminTokens;
using Scalelite.Domain.Callbacks;
using Scalelite.Domain.DeadLetters;
using Scalelite.Domain.Hooks;
using Scalelite.Domain.Imports;
using Scalelite.Domain.Joins;
using Scalelite.Domain.Keeping;
using Scalelite.Domain.Meetings;
using Scalelite.Domain.Polling;
using Scalelite.Domain.Recordings;
using Scalelite.Domain.Servers;
using Scalelite.Domain.Tenants;
using Scalelite.Projections;

namespace Scalelite.Projections;

/// <summary>What the event store must know: the events of the domain and the inline projections that turn them into rows.</summary>
public static class DomainEvents
{
    /// <summary>Every event type.</summary>
    public static IReadOnlyList<Type> Types { get; } =
    [
        typeof(ServerRegistered),
        typeof(ServerEnabled),
        typeof(ServerCordoned),
        typeof(ServerDrained),
        typeof(ServerDisabled),
        typeof(ServerPanicked),
        typeof(ServerRemoved),
        typeof(ServerUrlChanged),
        typeof(ServerTagged),
        typeof(LoadMultiplierChanged),
        typeof(ServerCapacityChanged),
        typeof(SecretRotated),
        typeof(ServerSuspected),
        typeof(ServerWentOffline),
        typeof(ServerCameOnline),
        typeof(ServerVersionSeen),
        typeof(ServerEndCallbacksPassed),
        typeof(ServerPolled),
        typeof(ServerPollFailed),
        typeof(MeetingPlaced),
        typeof(MeetingStarted),
        typeof(PlacementFailed),
        typeof(MeetingAdopted),
        typeof(MeetingMoved),
        typeof(MeetingCopyGone),
        typeof(MeetingEnded),
        typeof(MeetingEndCalled),
        typeof(MeetingEndTold),
        typeof(JoinsRouted),
        typeof(RecordingImported),
        typeof(RecordingTakenOver),
        typeof(RecordingPublished),
        typeof(RecordingUnpublished),
        typeof(RecordingProtected),
        typeof(RecordingMetadataChanged),
        typeof(RecordingGivenToTenant),
        typeof(RecordingDeleted),
        typeof(RecordingRestored),
        typeof(RecordingFormatMoved),
        typeof(RecordingFormatRemoved),
        typeof(RecordingTextTrackStored),
        typeof(ArchiveReceived),
        typeof(ArchiveChecked),
        typeof(FormatRefused),
        typeof(FormatStaged),
        typeof(FormatInPlace),
        typeof(FormatImported),
        typeof(ImportCompleted),
        typeof(ImportFailed),
        typeof(ArchiveQuarantined),
        typeof(ImportRetried),
        typeof(CallbackRegistered),
        typeof(CallbackAttempted),
        typeof(CallbackDelivered),
        typeof(CallbackAbandoned),
        typeof(CallbackRetried),
        typeof(HookCreated),
        typeof(HookDestroyed),
        typeof(TenantAdded),
        typeof(TenantRenamed),
        typeof(TenantSecretRotated),
        typeof(TenantSettingSet),
        typeof(TenantSettingCleared),
        typeof(TenantQuotaSet),
        typeof(TenantRetentionSet),
        typeof(TenantLrsSet),
        typeof(TenantLrsCleared),
        typeof(TenantDisabled),
        typeof(TenantEnabled),
        typeof(TenantRemoved),
        typeof(AdminTokenIssued),
        typeof(AdminTokenRevoked),
        typeof(DeadLetterReplayed),
        typeof(ServerDayRolledUp),
        typeof(JoinsRolledUp),
        typeof(StreamPruned),
        typeof(DataForgotten),
    ];

    /// <summary>The inline projections.</summary>
    public static IReadOnlyList<IProjection> Projections { get; } = [.. ReadModels.All.Select(model => model.Projection)];
}
