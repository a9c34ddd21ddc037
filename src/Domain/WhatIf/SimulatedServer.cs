using Scalelite.Domain.Placement;
using Scalelite.Domain.Polling;
using Scalelite.Domain.Servers;

namespace Scalelite.Domain.WhatIf;

/// <summary>
/// A server with its meetings. Its polls are not played: what its last one showed is worked out when it is asked, and
/// <see cref="NextChange"/> says until when the answer holds. The load is, number by number, what <c>pool_load.sql</c> gives.
/// </summary>
internal sealed class SimulatedServer
{
    private const long Never = long.MinValue;

    private readonly List<SimulatedMeeting> meetings = [];
    private readonly long interval;
    private readonly long phase;

    // Since when its polls are answered one after the other, the last answer before that, and since when they fail again.
    private long answersSince = Never;
    private long answeredBefore = Never;
    private long failsSince = Never;

    public SimulatedServer(string id, string? tag, decimal multiplier, TimeSpan pollInterval)
    {
        (Id, Tag, Multiplier) = (id, tag, multiplier);
        interval = Math.Max(1, (long)pollInterval.TotalMilliseconds);
        // Its turns are counted from the year 1, times here from 1970.
        phase = (long)PollSchedule.Phase(id, pollInterval).TotalMilliseconds - (DateTimeOffset.UnixEpoch.UtcTicks / TimeSpan.TicksPerMillisecond % interval);
        Load = new(id, tag, multiplier, 0, 0, 0, 0, 0, null);
    }

    public string Id { get; }

    public string? Tag { get; set; }

    public decimal Multiplier { get; set; }

    public AdministrativeState State { get; set; } = AdministrativeState.Disabled;

    public Health Health { get; private set; } = Health.Offline;

    public bool TakesMeetings => State == AdministrativeState.Enabled && Health == Health.Online;

    /// <summary>Since when it is offline; null if it is not.</summary>
    public long? OfflineSince { get; private set; }

    public IReadOnlyList<SimulatedMeeting> Meetings => meetings;

    /// <summary>As <see cref="Weigh"/> found it.</summary>
    public ServerLoad Load { get; private set; }

    /// <summary>Until when <see cref="Load"/> holds; long.MaxValue if nothing is to come.</summary>
    public long NextChange { get; private set; } = long.MaxValue;

    /// <summary>Its place in the current round; negative if it takes no meetings.</summary>
    public int InRound { get; set; } = -1;

    /// <summary>It broke down and has not returned.</summary>
    public bool IsDown { get; set; }

    public void Add(SimulatedMeeting meeting)
    {
        meeting.Server = this;
        meetings.Add(meeting);
    }

    public void Remove(SimulatedMeeting meeting) => meetings.Remove(meeting);

    /// <summary>Its health changes; a server comes online by a good poll.</summary>
    public void Turn(Health health, long at)
    {
        if (health == Health)
            return;
        if (health == Health.Online)
        {
            answeredBefore = LastAnswer(at);
            (answersSince, failsSince) = (at, Never);
        }
        else if (Health == Health.Online)
        {
            failsSince = at;
        }

        if (health != Health.Offline)
            OfflineSince = null;
        else
            OfflineSince ??= at;
        Health = health;
    }

    /// <summary>When the last poll that was answered at a moment began; long.MinValue if none was.</summary>
    public long LastAnswer(long moment)
    {
        if (answersSince == Never)
            return Never;
        var turn = LastTurn(failsSince == Never ? moment : Math.Min(moment, failsSince));
        return turn < answersSince + (interval / 2) ? answersSince : turn;
    }

    /// <summary>When its first poll after a moment begins.</summary>
    public long NextPoll(long moment) => LastTurn(moment + interval);

    /// <summary>Users in all its meetings, and in the largest.</summary>
    public (int Users, int Largest) UsersAt(long moment)
    {
        var (users, largest) = (0, 0);
        foreach (var meeting in meetings)
        {
            var inside = meeting.Curve.UsersAt(moment);
            users += inside;
            largest = Math.Max(largest, inside);
        }

        return (users, largest);
    }

    /// <summary>Works its load out anew, and lets go of what is over.</summary>
    /// <param name="over">Gets the meetings that are over.</param>
    public void Weigh(long now, Side side, List<SimulatedMeeting> over)
    {
        var answer = LastAnswer(now);
        var before = Before(answer);
        var youngSince = now - (long)side.JoinBuffer.TotalMilliseconds;
        var (count, seen, unseen, scaleliteSeen, scaleliteSince) = (0, 0L, 0L, 0L, 0L);
        var (change, nodeChange) = (long.MaxValue, long.MaxValue);
        for (var i = meetings.Count - 1; i >= 0; i--)
        {
            var meeting = meetings[i];
            var curve = meeting.Curve;
            // A poll without it is not yet an end: the second is.
            var located = now < meeting.EndKnownAt && before < curve.Ends;
            var answered = curve.Starts <= answer && answer < curve.Ends;
            if (answered)
            {
                var users = curve.UsersAt(answer);
                var routed = located ? meeting.RoutedAt(now) - meeting.RoutedAt(answer) : 0;
                var bornAt = located ? meeting.PlacedAt : curve.Starts;
                var young = bornAt > youngSince;
                var moderators = Moderators(users, side.ModeratorShare);
                seen += young ? Math.Max(side.MinimumUsers, users + routed) : users + routed;
                scaleliteSeen += young ? Math.Max(side.MinimumUsers, users + moderators) : users + moderators;
                scaleliteSince += routed;
                count++;
                if (young)
                    change = Math.Min(change, bornAt + (now - youngSince));
            }
            else if (located)
            {
                var routed = meeting.RoutedAt(now);
                unseen += Math.Max(side.MinimumUsers, routed);
                scaleliteSince += 1 + routed;
                count++;
            }
            else
            {
                meetings.RemoveAt(i);
                meeting.Server = null;
                over.Add(meeting);
                continue;
            }

            if (located)
            {
                change = Math.Min(change, meeting.NextRouted(now));
                if (meeting.EndKnownAt > now)
                    change = Math.Min(change, meeting.EndKnownAt);
            }

            nodeChange = Math.Min(nodeChange, NextOnNode(meeting, answer));
        }

        if (nodeChange < long.MaxValue && failsSince == Never && answersSince != Never)
            change = Math.Min(change, NextTurn(Math.Max(nodeChange, answer + 1)));
        Load = new(Id, Tag, Multiplier, count, seen, unseen, scaleliteSeen, scaleliteSince, TimeOf(answer));
        NextChange = Math.Max(change, now + 1);
    }

    /// <summary>The load, with the poll that it rests on at a moment: one that shows nothing new changes nothing but that.</summary>
    public ServerLoad LoadAt(long moment) => Load with { PolledAt = TimeOf(LastAnswer(moment)) };

    private static DateTimeOffset? TimeOf(long answer) => answer == Never ? null : DateTimeOffset.FromUnixTimeMilliseconds(answer);

    /// <summary>From when on a poll would show another thing of this meeting than the last one did.</summary>
    private static long NextOnNode(SimulatedMeeting meeting, long answer)
    {
        var curve = meeting.Curve;
        if (answer < curve.Starts)
            return curve.Starts;
        return answer >= curve.Ends ? answer + 1 : Math.Min(curve.NextChange(answer), meeting.NextRouted(answer));
    }

    internal static int Moderators(int users, double share) =>
        users == 0 ? 0 : Math.Clamp((int)Math.Round(users * share, MidpointRounding.AwayFromZero), 1, users);

    private long LastTurn(long moment) => moment - Modulo(moment - phase);

    private long NextTurn(long from)
    {
        var turn = LastTurn(from + interval - 1);
        return turn < answersSince + (interval / 2) ? turn + interval : turn;
    }

    private long Before(long answer) =>
        answer == Never || answer == answersSince ? answeredBefore
        : answer - interval < answersSince + (interval / 2) ? answersSince
        : answer - interval;

    private long Modulo(long value) => ((value % interval) + interval) % interval;
}
