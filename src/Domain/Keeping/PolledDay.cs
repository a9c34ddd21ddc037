using Scalelite.Domain.Polling;

namespace Scalelite.Domain.Keeping;

/// <summary>Rolls the polls of one server on one day up, a minute each. They come in any order, one after the other: a day may be large.</summary>
/// <param name="day">The day (UTC) on which they began.</param>
public sealed class PolledDay(string serverId, DateOnly day)
{
    private readonly SortedDictionary<int, ServerMinute> _minutes = [];

    /// <summary>Adds a <see cref="ServerPolled"/> or a <see cref="ServerPollFailed"/>.</summary>
    /// <returns>False where it is neither, or not of this server and day: then it can't be rolled up.</returns>
    public bool Add(object @event) => @event switch
    {
        ServerPolled polled => Add(polled.ServerId, polled.BeganAt, Of(polled)),
        ServerPollFailed failed => Add(failed.ServerId, failed.BeganAt, new ServerMinute(0, 1, 1, null, 0, 0, 0)),
        _ => false,
    };

    /// <summary>All that was added.</summary>
    public ServerDayRolledUp RollUp(DateTimeOffset at) => new(serverId, day, [.. _minutes.Values], at);

    /// <summary>What one answer showed, in a minute that is not said.</summary>
    private static ServerMinute Of(ServerPolled polled)
    {
        var (users, videos) = (0, 0);
        foreach (var meeting in polled.Meetings)
        {
            users += meeting.Users;
            videos += meeting.Videos;
        }

        return new ServerMinute(0, 1, 0, polled.Load, polled.Meetings.Count, users, videos);
    }

    private bool Add(string server, DateTimeOffset beganAt, ServerMinute poll)
    {
        var began = beganAt.UtcDateTime;
        if (server != serverId || DateOnly.FromDateTime(began) != day) return false;
        var minute = (int)began.TimeOfDay.TotalMinutes;
        _minutes[minute] = _minutes.TryGetValue(minute, out var sum) ? Sum(sum, poll) : poll with { Minute = minute };
        return true;
    }

    private static ServerMinute Sum(ServerMinute sum, ServerMinute poll) => sum with
    {
        Polls = sum.Polls + poll.Polls,
        Failed = sum.Failed + poll.Failed,
        Load = sum.Load is { } load ? Math.Max(load, poll.Load ?? load) : poll.Load,
        Meetings = Math.Max(sum.Meetings, poll.Meetings),
        Users = Math.Max(sum.Users, poll.Users),
        Videos = Math.Max(sum.Videos, poll.Videos),
    };
}
