using Scalelite.Domain.Joins;
using Scalelite.Domain.Meetings;
using Scalelite.Domain.Polling;
using Scalelite.Domain.Servers;

namespace Scalelite.Domain.History;

/// <summary>The events that <see cref="PoolState"/> is folded from, by the names that they are stored under. All others can be skipped unread.</summary>
public static class PoolEvents
{
    /// <summary>Stored name, .NET type.</summary>
    public static IReadOnlyDictionary<string, Type> ByName { get; } = new Dictionary<string, Type>(StringComparer.Ordinal)
    {
        ["server_registered"] = typeof(ServerRegistered),
        ["server_enabled"] = typeof(ServerEnabled),
        ["server_cordoned"] = typeof(ServerCordoned),
        ["server_drained"] = typeof(ServerDrained),
        ["server_disabled"] = typeof(ServerDisabled),
        ["server_panicked"] = typeof(ServerPanicked),
        ["server_removed"] = typeof(ServerRemoved),
        ["server_url_changed"] = typeof(ServerUrlChanged),
        ["server_tagged"] = typeof(ServerTagged),
        ["load_multiplier_changed"] = typeof(LoadMultiplierChanged),
        ["server_capacity_changed"] = typeof(ServerCapacityChanged),
        ["secret_rotated"] = typeof(SecretRotated),
        ["server_suspected"] = typeof(ServerSuspected),
        ["server_went_offline"] = typeof(ServerWentOffline),
        ["server_came_online"] = typeof(ServerCameOnline),
        ["server_version_seen"] = typeof(ServerVersionSeen),
        ["server_polled"] = typeof(ServerPolled),
        ["server_poll_failed"] = typeof(ServerPollFailed),
        ["meeting_placed"] = typeof(MeetingPlaced),
        ["meeting_started"] = typeof(MeetingStarted),
        ["placement_failed"] = typeof(PlacementFailed),
        ["meeting_adopted"] = typeof(MeetingAdopted),
        ["meeting_moved"] = typeof(MeetingMoved),
        ["meeting_copy_gone"] = typeof(MeetingCopyGone),
        ["meeting_ended"] = typeof(MeetingEnded),
        ["joins_routed"] = typeof(JoinsRouted),
    };

    /// <summary>Those of them that are pruned after POLL_HISTORY_DAYS.</summary>
    public static IReadOnlyList<string> Pruned { get; } = ["server_polled", "server_poll_failed", "joins_routed"];
}
