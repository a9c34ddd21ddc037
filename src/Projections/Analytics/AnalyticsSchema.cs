using Scalelite.EventLog;

namespace Scalelite.Projections.Analytics;

/// <summary>A view of the schema <c>analytics</c>.</summary>
/// <param name="Name">Without the schema.</param>
/// <param name="Time">The column that time ranges are asked by; null for a view that tells how things are now.</param>
/// <param name="Source">The table that has an index on that time, and the time in it: finds the first and the last row at once.</param>
public sealed record AnalyticsView(string Name, string? Time = null, (string Table, string Time)? Source = null);

/// <summary>What analysts see: the schema <c>analytics</c>, whose views stay as they are while the tables below them may change.</summary>
public static class AnalyticsSchema
{
    /// <summary>Its name.</summary>
    public const string Name = "analytics";

    /// <summary>Its views, in the order in which they are documented.</summary>
    public static IReadOnlyList<AnalyticsView> Views { get; } =
    [
        Of("meetings", "placed_at", "meeting_instance"),
        Of("placements", "placed_at", "placement"),
        Of("server_minutes", "minute", "server_minute"),
        Of("polls", "began_at", "poll_history"),
        Of("joins", "minute", "join_minute"),
        new("recordings", "started_at", ("recording_catalog", "to_timestamp(least(greatest(start_time, 0), 253402300799999) / 1000.0)")),
        Of("imports", "received_at", "import_queue"),
        Of("callbacks", "registered_at", "callback_queue"),
        Of("admin_changes", "at", "admin_change"),
        new("servers"),
        new("tenants"),
    ];

    /// <summary>What makes the schema and its views, with a comment on each view and column; after the tables.</summary>
    public static IReadOnlyList<SqlScript> Scripts { get; } = [Script("schema"), .. Views.Select(view => Script(view.Name))];

    private static AnalyticsView Of(string name, string time, string table) => new(name, time, (table, time));

    private static SqlScript Script(string name) => SqlScript.Read(typeof(AnalyticsSchema).Assembly, $"Analytics.Views.{name}.sql");
}
