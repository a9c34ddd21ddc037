namespace Scalelite.Simulator.Meetings;

/// <summary>The meetings of one node. <see cref="Gate"/> guards all of it; whoever holds it does nothing slow.</summary>
internal sealed class MeetingTable(TimeProvider time, int seed, Action<LiveMeeting> ended)
{
    private const int MostEnded = 10_000;
    private const string Alphanumerics = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

    private readonly Dictionary<string, LiveMeeting> _byMeetingID = [];
    private readonly Dictionary<string, LiveMeeting> _byInternalID = [];
    private readonly HashSet<string> _voiceBridges = [];
    private readonly Dictionary<string, long> _lastCreateTimes = [];
    private int _crashes;

    public Lock Gate { get; } = new();

    public Random Random { get; } = new(seed);

    public List<EndedMeeting> Ended { get; } = [];

    public IReadOnlyCollection<LiveMeeting> All => _byMeetingID.Values;

    private long Now => time.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>A live meeting by its meetingID or, as BBB allows, by its internal one.</summary>
    public LiveMeeting? Find(string? id) =>
        id is null ? null : _byMeetingID.GetValueOrDefault(id) ?? _byInternalID.GetValueOrDefault(id);

    public LiveMeeting? FindByMeetingID(string meetingID) => _byMeetingID.GetValueOrDefault(meetingID);

    public bool HasVoiceBridge(string voiceBridge) => _voiceBridges.Contains(voiceBridge);

    public LiveMeeting Start(MeetingPlan plan)
    {
        // A meeting that is created, ended and created again in one millisecond still gets a new internal id.
        _lastCreateTimes.Remove(plan.MeetingID, out var last);
        var createTime = Math.Max(Now, last + 1);
        var meeting = new LiveMeeting(plan, plan.AttendeePW ?? Draw(8), plan.ModeratorPW ?? Draw(8), plan.VoiceBridge ?? DrawVoiceBridge(), createTime);
        _byMeetingID.Add(meeting.MeetingID, meeting);
        _byInternalID.Add(meeting.InternalMeetingID, meeting);
        _voiceBridges.Add(meeting.VoiceBridge);
        plan.Breakout?.Parent.Breakouts.Add(meeting);
        plan.Breakout?.Parent.BreakoutIDs.Add(meeting.InternalMeetingID);
        return meeting;
    }

    public void End(LiveMeeting meeting, EndReason reason)
    {
        if (!_byMeetingID.Remove(meeting.MeetingID))
        {
            return;
        }

        _byInternalID.Remove(meeting.InternalMeetingID);
        Remember(meeting);
        _voiceBridges.Remove(meeting.VoiceBridge);
        meeting.Plan.Breakout?.Parent.Breakouts.Remove(meeting);
        if (Ended.Count < MostEnded)
        {
            Ended.Add(new EndedMeeting(meeting.MeetingID, meeting.InternalMeetingID, time.GetUtcNow(), reason, meeting.Attendees.Count));
        }

        foreach (var breakout in meeting.Breakouts.ToArray())
        {
            End(breakout, reason == EndReason.Crash ? reason : EndReason.ParentEnded);
        }

        if (reason != EndReason.Crash)
        {
            ended(meeting);
        }
    }

    /// <summary>Counts how often the node was switched off.</summary>
    public int Crashes => Volatile.Read(ref _crashes);

    /// <summary>Forgets everything, as a node does that was switched off.</summary>
    public void Forget()
    {
        Volatile.Write(ref _crashes, _crashes + 1);
        foreach (var meeting in _byMeetingID.Values.ToArray())
        {
            End(meeting, EndReason.Crash);
        }
    }

    public Attendee Enter(LiveMeeting meeting, string? userID, string fullName, bool isModerator, IReadOnlyDictionary<string, string>? customData = null)
    {
        var attendee = new Attendee(userID ?? $"w_{Draw(12)}", fullName, isModerator, customData ?? new Dictionary<string, string>());
        meeting.Enter(attendee);
        return attendee;
    }

    public string Draw(int length) => new(Random.GetItems<char>(Alphanumerics, length));

    private void Remember(LiveMeeting meeting)
    {
        _lastCreateTimes[meeting.MeetingID] = meeting.CreateTime;
        if (_lastCreateTimes.Count > 1000)
        {
            var now = Now;
            foreach (var old in _lastCreateTimes.Where(t => t.Value < now).Select(t => t.Key).ToArray())
            {
                _lastCreateTimes.Remove(old);
            }
        }
    }

    private string DrawVoiceBridge()
    {
        while (true)
        {
            var drawn = Random.Next(10_000, 99_999).ToString(System.Globalization.CultureInfo.InvariantCulture);
            if (!_voiceBridges.Contains(drawn))
            {
                return drawn;
            }
        }
    }
}
