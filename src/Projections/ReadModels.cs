using Scalelite.EventLog;

namespace Scalelite.Projections;

/// <summary>The tables of the read models.</summary>
public static class ReadModels
{
    /// <summary>What makes them, in order.</summary>
    public static IReadOnlyList<SqlScript> Scripts { get; } =
    [
        Script("Servers.server.sql"),
        Script("Polling.server_load.sql"),
        Script("Polling.poll_round.sql"),
        Script("Polling.polled_meeting.sql"),
        Script("Meetings.meeting_location.sql"),
        Script("Meetings.meeting_instance.sql"),
        Script("Meetings.meeting_copy.sql"),
        Script("Meetings.voice_bridge.sql"),
        Script("Joins.meeting_joins.sql"),
        Script("Placement.placement_turn.sql"),
    ];

    private static SqlScript Script(string path) => SqlScript.Read(typeof(ReadModels).Assembly, path);
}
