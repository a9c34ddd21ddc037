using Scalelite.EventLog;
using Scalelite.Projections.AdminTokens;
using Scalelite.Projections.Analytics;
using Scalelite.Projections.Callbacks;
using Scalelite.Projections.Hooks;
using Scalelite.Projections.Imports;
using Scalelite.Projections.Joins;
using Scalelite.Projections.Meetings;
using Scalelite.Projections.Polling;
using Scalelite.Projections.Rebuild;
using Scalelite.Projections.Recordings;
using Scalelite.Projections.Servers;
using Scalelite.Projections.Tenants;

namespace Scalelite.Projections;

/// <summary>All read models. Each can be thrown away and rebuilt from the log.</summary>
public static class ReadModels
{
    /// <summary>The read models, by the names that <c>projections rebuild</c> takes.</summary>
    public static IReadOnlyList<ReadModel> All { get; } =
    [
        Of("servers", new ServerProjection(), "Servers", "server"),
        Of("polls", new PollProjection(), "Polling", "server_load", "poll_round", "polled_meeting"),
        Of("meetings", new MeetingProjection(), "Meetings", "meeting_location", "meeting_instance", "meeting_copy", "voice_bridge", "meeting_internal_id", "meeting_end"),
        Of("joins", new JoinProjection(), "Joins", "meeting_joins"),
        Of("recordings", new RecordingProjection(), "Recordings", "recording_catalog", "recording_metadata", "recording_format", "recording_file_work", "recording_text_track", "recording_count"),
        Of("imports", new ImportProjection(), "Imports", "import_queue"),
        Of("callbacks", new CallbackProjection(), "Callbacks", "callback_queue"),
        Of("hooks", new HookProjection(), "Hooks", "hook"),
        Of("tenants", new TenantProjection(), "Tenants", "tenant", "tenant_setting"),
        Of("tokens", new AdminTokenProjection(), "AdminTokens", "admin_token"),
        Of("server_minutes", new ServerMinuteProjection(), "Analytics", "server_minute"),
        Of("poll_history", new PollHistoryProjection(), "Analytics", "poll_history"),
        Of("join_minutes", new JoinMinuteProjection(), "Analytics", "join_minute"),
        Of("placements", new PlacementProjection(), "Analytics", "placement"),
        Of("admin_changes", new AdminChangeProjection(), "Analytics", "admin_change"),
    ];

    /// <summary>What makes their tables, in order, what else stands beside them, and the views of analysts.</summary>
    public static IReadOnlyList<SqlScript> Scripts { get; } =
    [
        .. All.SelectMany(model => model.Scripts),
        Script("Placement", "placement_turn"),
        Script("Imports", "import_claim"),
        Script("Callbacks", "callback_claim"),
        Script("Hooks", "hook_number"),
        Script("Hooks", "hook_sync"),
        Script("Recordings", "recording_metadata_trigrams"),
        Script("History", "pool_checkpoint"),
        Script("History", "pool_checkpoint_turn"),
        .. AnalyticsSchema.Scripts,
    ];

    private static ReadModel Of(string name, IProjection projection, string folder, params string[] tables) =>
        new(name, tables, [.. tables.Select(table => Script(folder, table))], projection);

    private static SqlScript Script(string folder, string table) => SqlScript.Read(typeof(ReadModels).Assembly, $"{folder}.{table}.sql");
}
