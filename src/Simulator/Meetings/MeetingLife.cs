namespace Scalelite.Simulator.Meetings;

/// <summary>What happens on a node by itself, looked at tick by tick: meetings expire, users come and go.</summary>
internal sealed class MeetingLife(MeetingTable meetings, MeetingExpiry? expiry, UserBehaviour? users, int number)
{
    private readonly Random _random = new(users?.Seed + number ?? 0);
    private int _names;

    public void Tick(DateTimeOffset now)
    {
        lock (meetings.Gate)
        {
            if (meetings.All.Count == 0)
            {
                return;
            }

            List<(LiveMeeting Meeting, EndReason Reason)>? over = null;
            foreach (var meeting in meetings.All)
            {
                if (WhyOver(meeting, now) is { } reason)
                {
                    (over ??= []).Add((meeting, reason));
                }
                else if (users is not null)
                {
                    Move(meeting, users, now);
                }
            }

            foreach (var (meeting, reason) in over ?? [])
            {
                meetings.End(meeting, reason);
            }
        }
    }

    private EndReason? WhyOver(LiveMeeting meeting, DateTimeOffset now)
    {
        if (meeting.Plan.Duration > TimeSpan.Zero && now.ToUnixTimeMilliseconds() - meeting.CreateTime >= meeting.Plan.Duration.TotalMilliseconds)
        {
            return EndReason.DurationOver;
        }

        if (expiry is null || meeting.Attendees.Count > 0)
        {
            return null;
        }

        var empty = now - meeting.NobodySince;
        return meeting.HasUserJoined
            ? empty >= (meeting.Plan.ExpireWhenLastLeft ?? expiry.WhenLastLeft) ? EndReason.LastUserLeft : null
            : empty >= (meeting.Plan.ExpireIfNobodyJoined ?? expiry.IfNobodyJoined) ? EndReason.NobodyJoined : null;
    }

    private void Move(LiveMeeting meeting, UserBehaviour behaviour, DateTimeOffset now)
    {
        if (meeting.UsersAimedAt == 0)
        {
            meeting.UsersAimedAt = Math.Max(1, _random.Next(behaviour.FewestUsers, behaviour.MostUsers + 1));
        }

        if (meeting.Attendees.Count < meeting.UsersAimedAt && _random.NextDouble() < behaviour.JoinChance)
        {
            for (var n = Math.Min(_random.Next(1, 4), meeting.UsersAimedAt - meeting.Attendees.Count); n > 0; n--)
            {
                var isModerator = !meeting.Attendees.Exists(a => a.IsModerator);
                meetings.Enter(meeting, null, $"User {++_names}", isModerator).HasVoice = isModerator || _random.Next(4) == 0;
            }
        }

        if (meeting.Attendees.Count > 1 && _random.NextDouble() < behaviour.LeaveChance)
        {
            meeting.Leave(meeting.Attendees[_random.Next(meeting.Attendees.Count)], now);
        }

        if (meeting.Attendees.Count > 0 && _random.NextDouble() < behaviour.VideoChance)
        {
            var attendee = meeting.Attendees[_random.Next(meeting.Attendees.Count)];
            attendee.HasVideo = !attendee.HasVideo;
        }
    }
}
