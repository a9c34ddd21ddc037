using Scalelite.EventLog;
using Scalelite.Projections.Joins;
using Scalelite.Projections.Meetings;
using Scalelite.Projections.Polling;
using Scalelite.Projections.Rebuild;
using Scalelite.Projections.Servers;

namespace Scalelite.Projections;

/// <summary>The read models: each is filled by one projection and can be rebuilt by itself.</summary>
public static class ReadModels
{
    /// <summary>All of them.</summary>
    public static IReadOnlyList<ReadModel> All { get; } =
    [
        new("servers", ["server"], [Script("Servers.server.sql")], new ServerProjection()),
        new(
            "polls", ["server_load", "poll_round", "polled_meeting"],
            [Script("Polling.server_load.sql"), Script("Polling.poll_round.sql"), Script("Polling.polled_meeting.sql")], new PollProjection()),
        new(
            "meetings", ["meeting_location", "meeting_instance", "meeting_copy", "voice_bridge"],
            [
                Script("Meetings.meeting_location.sql"), Script("Meetings.meeting_instance.sql"), Script("Meetings.meeting_copy.sql"),
                Script("Meetings.voice_bridge.sql"),
            ],
            new MeetingProjection()),
        new("joins", ["meeting_joins"], [Script("Joins.meeting_joins.sql")], new JoinProjection()),
    ];

    /// <summary>What makes the tables, and what else this room needs in the database, in order.</summary>
    public static IReadOnlyList<SqlScript> Scripts { get; } = [.. All.SelectMany(model => model.Scripts), Script("Placement.placement_turn.sql")];

    private static SqlScript Script(string path) => SqlScript.Read(typeof(ReadModels).Assembly, path);
}
