using Scalelite.Simulator.Meetings;

namespace Scalelite.Simulator.Recordings;

/// <summary>A meeting of which there is a recording: what <c>metadata.xml</c> says of it (<c>bbb-api.md §6.2</c>).</summary>
/// <param name="RecordId">The meeting's internal id: <c>sha1-ms</c>.</param>
public sealed record RecordedMeeting(string RecordId, string MeetingId, string Name)
{
    /// <summary>The node's site, which its links begin with: <c>https://node.example.org</c>.</summary>
    public string Origin { get; init; } = "https://node.example.org";

    /// <summary>Of the meeting.</summary>
    public DateTimeOffset StartTime { get; init; }

    /// <summary>Of the meeting.</summary>
    public DateTimeOffset EndTime { get; init; }

    /// <summary>Users who were in it.</summary>
    public int Participants { get; init; } = 2;

    /// <summary>The create's metadata, by lower-cased names without <c>meta_</c>.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; init; } = new Dictionary<string, string>();

    /// <summary>Of a breakout room: its parent; else null.</summary>
    public RecordedBreakout? Breakout { get; init; }

    /// <summary>The internal ids of its breakout rooms.</summary>
    public IReadOnlyList<string> BreakoutRooms { get; init; } = [];

    /// <summary>A meeting of its own id, half an hour long, that began at <paramref name="startTime"/>.</summary>
    /// <param name="startTime">To the millisecond; it is the second half of the record id.</param>
    public static RecordedMeeting Of(string meetingId, DateTimeOffset startTime, string name = "Room")
    {
        var start = DateTimeOffset.FromUnixTimeMilliseconds(startTime.ToUnixTimeMilliseconds());
        return new($"{LiveMeeting.HashOf(meetingId)}-{start.ToUnixTimeMilliseconds()}", meetingId, name)
        {
            StartTime = start,
            EndTime = start.AddMinutes(30),
        };
    }
}

/// <summary>What a breakout room's recording says of its parent.</summary>
/// <param name="ParentId">The parent's internal id.</param>
public sealed record RecordedBreakout(string ParentId, int Sequence);
