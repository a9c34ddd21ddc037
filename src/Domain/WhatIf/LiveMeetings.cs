namespace Scalelite.Domain.WhatIf;

/// <summary>The live meetings of a side, by what they are asked for.</summary>
internal sealed class LiveMeetings
{
    private readonly Dictionary<Guid, SimulatedMeeting> byRun = [];
    private readonly Dictionary<string, List<SimulatedMeeting>> byMeetingId = new(StringComparer.Ordinal);
    private readonly Dictionary<string, SimulatedMeeting> byInternalId = new(StringComparer.Ordinal);

    public int Count => byRun.Count;

    public void Add(SimulatedMeeting meeting)
    {
        byRun[meeting.Run] = meeting;
        if (!byMeetingId.TryGetValue(meeting.MeetingId, out var runs))
            byMeetingId[meeting.MeetingId] = runs = new(1);
        runs.Add(meeting);
        if (meeting.InternalMeetingId is { } id)
            byInternalId[id] = meeting;
    }

    public void Remove(SimulatedMeeting meeting)
    {
        byRun.Remove(meeting.Run);
        if (byMeetingId.TryGetValue(meeting.MeetingId, out var runs) && runs.Remove(meeting) && runs.Count == 0)
            byMeetingId.Remove(meeting.MeetingId);
        if (meeting.InternalMeetingId is { } id)
            byInternalId.Remove(id);
    }

    public SimulatedMeeting? Of(Guid run) => byRun.GetValueOrDefault(run);

    /// <summary>The meeting with this internalMeetingID or meetingID.</summary>
    public SimulatedMeeting? Named(string id) =>
        byInternalId.TryGetValue(id, out var one) ? one : byMeetingId.TryGetValue(id, out var runs) ? runs[^1] : null;

    /// <summary>Servers that hold this meetingID for another tenant; null if none does.</summary>
    public IReadOnlySet<string>? HoldersOf(string meetingId, string tenantId)
    {
        if (!byMeetingId.TryGetValue(meetingId, out var runs))
            return null;
        HashSet<string>? holders = null;
        foreach (var run in runs)
            if (run.TenantId != tenantId && run.Server is { } server)
                (holders ??= new(StringComparer.Ordinal)).Add(server.Id);
        return holders;
    }
}
