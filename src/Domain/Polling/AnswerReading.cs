using Scalelite.Domain.Meetings;
using Scalelite.Domain.Parameters;
using Scalelite.Domain.Servers;
using static Scalelite.Domain.Polling.PollConsequence;

namespace Scalelite.Domain.Polling;

/// <summary>
/// A node's answer beside our events (design.md §4). A node knows a meeting by its meetingID alone, so both sides hold one
/// meeting at most for each; whether it is the same run, the internalMeetingID tells.
/// </summary>
internal sealed class AnswerReading
{
    // A node may name a meeting for some seconds after it confirmed its end.
    private static readonly TimeSpan EndsWithin = TimeSpan.FromMinutes(1);

    // A hanging node may carry out a create long after its caller gave up.
    private static readonly TimeSpan LateCreate = TimeSpan.FromMinutes(5);

    // What a node says is not always a time.
    private static readonly long LatestMilliseconds = DateTimeOffset.MaxValue.ToUnixTimeMilliseconds();

    private static readonly TimeSpan DefaultJoinBuffer = TimeSpan.FromMinutes(15);

    private readonly PolledServer server;
    private readonly PollTiming timing;
    private readonly PollKnowledge knowledge;
    private readonly PollSettings settings;
    private readonly Dictionary<string, FoundMeeting> found = new(StringComparer.Ordinal);
    private readonly Dictionary<string, KnownLocation> here;
    private readonly Dictionary<(string Tenant, string MeetingId), KnownLocation> located;
    private readonly List<PollConsequence> consequences = [];
    private readonly List<Guid> missing = [];

    public AnswerReading(
        PolledServer server, PollTiming timing, IReadOnlyList<FoundMeeting> answer, PollKnowledge knowledge, PollSettings settings)
    {
        (this.server, this.timing, this.knowledge, this.settings) = (server, timing, knowledge, settings);
        foreach (var meeting in answer)
            if (!meeting.Ended)
                found.TryAdd(meeting.MeetingId, meeting);
        here = knowledge.Locations.Where(l => l.ServerId == server.ServerId).ToDictionary(l => l.MeetingId, StringComparer.Ordinal);
        located = knowledge.Locations.ToDictionary(l => (l.TenantId, l.MeetingId));
        Meetings = [.. found.Values.Select(Polled)];
    }

    public IReadOnlyList<PolledMeeting> Meetings { get; }

    public IReadOnlyList<Guid> Missing => missing;

    public bool HasLocations => here.Count > 0;

    /// <summary>What the answer shows of the load, before the multiplier: users, those of a young meeting at least the minimum.</summary>
    public long Load()
    {
        var youngSince = timing.BeganAt - (settings.JoinBuffer ?? DefaultJoinBuffer);
        return found.Values.Sum(meeting => BeganAt(meeting) > youngSince ? Math.Max(settings.MinimumUsers, (long)meeting.Users) : meeting.Users);
    }

    public List<PollConsequence> Consequences()
    {
        foreach (var expected in knowledge.Expected)
            Expect(expected);
        foreach (var copy in knowledge.Copies)
            Watch(copy);
        foreach (var meeting in found.Values)
            Meet(meeting);
        return consequences;
    }

    private void Expect(KnownLocation expected)
    {
        // What ended or moved away while the poll ran is not this answer's to judge.
        if (!here.TryGetValue(expected.MeetingId, out var now) || now.Instance != expected.Instance)
            return;
        var overdue = timing.BeganAt > (expected.Deadline ?? DateTimeOffset.MinValue);
        if (found.TryGetValue(expected.MeetingId, out var meeting) && IsRun(expected.InternalMeetingId, meeting))
        {
            if (now.Phase == MeetingPhase.Placing && expected.Phase == MeetingPhase.Placing && overdue)
                consequences.Add(new StartedSeen(expected.Instance, server.ServerId, meeting));
            return;
        }

        if (expected.Phase == MeetingPhase.Placing && !overdue)
            return;
        missing.Add(expected.Instance);
        if (!server.Missing.Contains(expected.Instance) || now.Phase != expected.Phase)
            return;
        consequences.Add(expected.Phase == MeetingPhase.Placing
            ? new AbandonPlacement(expected.Instance, server.ServerId)
            : new EndMeeting(expected.Instance, server.ServerId));
    }

    private void Watch(WatchedCopy copy)
    {
        // The id was placed here again since: what the node has is that meeting now.
        if (here.ContainsKey(copy.MeetingId))
            return;
        if (CopyFound(copy) is not { } meeting)
        {
            missing.Add(copy.Instance);
            var early = copy.Reason is CopyReason.Uncertain or CopyReason.Abandoned && timing.BeganAt < copy.Since + LateCreate;
            if (server.Missing.Contains(copy.Instance) && !early)
                consequences.Add(new CopyGone(copy.Instance, server.ServerId));
            return;
        }

        var current = located.GetValueOrDefault((copy.TenantId, copy.MeetingId));
        if (meeting.Users == 0)
            consequences.Add(EndOf(copy, meeting));
        else if (ReturnsTo(copy, current))
            consequences.Add(new MoveBack(copy.Instance, current!.ServerId, server.ServerId, meeting.InternalMeetingId, meeting.CreateTime));
        else if (settings.EndMovedCopies && copy.Reason is CopyReason.Moved or CopyReason.MovedBack && current is not null)
            consequences.Add(EndOf(copy, meeting));
        else if (current is null && server.State != AdministrativeState.Disabled)
            consequences.Add(new AdoptMeeting(copy.TenantId, server.ServerId, meeting));
    }

    private EndCopy EndOf(WatchedCopy copy, FoundMeeting meeting) =>
        new(copy.Instance, server.ServerId, meeting.MeetingId, meeting.InternalMeetingId);

    private bool ReturnsTo(WatchedCopy copy, KnownLocation? current) =>
        copy is { Reason: CopyReason.Moved, UsersNow: 0 } && server.State != AdministrativeState.Disabled
        && current is { Phase: MeetingPhase.Live } && current.Instance == copy.Instance;

    private void Meet(FoundMeeting meeting)
    {
        // On this server the id belongs to its location, also where the run is another one: two answers will tell.
        if (here.ContainsKey(meeting.MeetingId) || knowledge.Copies.Any(copy => CopyFound(copy) == meeting) || WasOursOrIsOver(meeting))
            return;
        var tenant = TenantOf(meeting);
        consequences.Add(located.TryGetValue((tenant, meeting.MeetingId), out var elsewhere)
            ? new SecondCopySeen(elsewhere.Instance, server.ServerId, elsewhere.ServerId, meeting)
            : new AdoptMeeting(tenant, server.ServerId, meeting));
    }

    private bool WasOursOrIsOver(FoundMeeting meeting) =>
        knowledge.Expected.Any(e => e.MeetingId == meeting.MeetingId && IsRun(e.InternalMeetingId, meeting) && !located.ContainsKey((e.TenantId, e.MeetingId)))
        || knowledge.EndedRuns.Any(run => run.InternalMeetingId == meeting.InternalMeetingId
            && (run.EndedAt > timing.BeganAt - EndsWithin
                || (run.How == EndLearned.ServerPanicked && server.State == AdministrativeState.Disabled)));

    private FoundMeeting? CopyFound(WatchedCopy copy) =>
        found.TryGetValue(copy.MeetingId, out var meeting) && IsRun(copy.InternalMeetingId, meeting) ? meeting : null;

    private string TenantOf(FoundMeeting meeting)
    {
        if (!settings.Multitenancy)
            return "";
        var of = meeting.IsBreakout ? ParentOf(meeting) ?? meeting : meeting;
        return here.TryGetValue(of.MeetingId, out var location) ? location.TenantId
            : knowledge.Copies.FirstOrDefault(copy => CopyFound(copy) == of) is { } copy ? copy.TenantId
            : of.Metadata.GetValueOrDefault(ReservedMetadata.TenantId, "");
    }

    private FoundMeeting? ParentOf(FoundMeeting breakout) => breakout.ParentMeetingId is { } parent
        ? found.Values.FirstOrDefault(m => !m.IsBreakout && (m.InternalMeetingId == parent || m.MeetingId == parent))
        : null;

    /// <summary>By our clock where we placed it, else by its node's.</summary>
    private DateTimeOffset BeganAt(FoundMeeting meeting) =>
        LocationOf(meeting)?.PlacedAt ?? DateTimeOffset.FromUnixTimeMilliseconds(Math.Clamp(meeting.CreateTime, 0, LatestMilliseconds));

    private KnownLocation? LocationOf(FoundMeeting meeting) =>
        here.TryGetValue(meeting.MeetingId, out var location) && IsRun(location.InternalMeetingId, meeting) ? location : null;

    private PolledMeeting Polled(FoundMeeting meeting)
    {
        var instance = LocationOf(meeting)?.Instance;
        return new PolledMeeting(
            meeting.MeetingId,
            meeting.InternalMeetingId,
            meeting.CreateTime,
            meeting.Users,
            meeting.Moderators,
            meeting.Voice,
            meeting.Videos,
            meeting.Recording,
            meeting.IsBreakout,
            meeting.ParentMeetingId,
            instance,
            instance is { } known ? knowledge.JoinsBefore.GetValueOrDefault(known) : 0);
    }

    private static bool IsRun(string? internalMeetingId, FoundMeeting meeting) =>
        internalMeetingId is null || internalMeetingId == meeting.InternalMeetingId;
}
