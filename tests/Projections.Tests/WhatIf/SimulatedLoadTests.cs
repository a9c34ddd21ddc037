using Scalelite.Domain.Imbalance;
using Scalelite.Domain.Meetings;
using Scalelite.Domain.Placement;
using Scalelite.Domain.Polling;
using Scalelite.Domain.Servers;
using Scalelite.Domain.WhatIf;
using Scalelite.Projections.Servers;
using Scalelite.Projections.Tests.Histories;
using Xunit;

namespace Scalelite.Projections.Tests.WhatIf;

/// <summary>A what-if's arithmetic is that of pool_load.sql, and so it places as live code does.</summary>
public sealed class SimulatedLoadTests
{
    private const int Interval = 10;
    private const int MinimumUsers = 15;
    private const double ModeratorShare = 0.2;
    private static readonly TimeSpan JoinBuffer = TimeSpan.FromMinutes(4);
    private static readonly string[] Nodes = ["a", "b", "c"];

    [Theory]
    [InlineData("least-load", 7)]
    [InlineData("scalelite", 8)]
    public async Task Loads_are_number_by_number_those_of_the_database_and_the_same_server_is_chosen(string policy, int seed)
    {
        await using var history = await PoolHistory.CreateAsync();
        var live = new ServerPool(history.Database.Source);
        var side = new Side(policy, PlacementPolicies.ByName(policy), TimeSpan.FromSeconds(Interval), MinimumUsers, JoinBuffer, false, TimeSpan.FromMinutes(1))
        {
            ModeratorShare = ModeratorShare,
        };
        var pool = new SimulatedPool(
            side, new ImbalanceMeter(new(new(Given.At(0), Given.At(3600), TimeSpan.FromMinutes(1)))), 1, Given.At(0).ToUnixTimeMilliseconds());
        var random = new Random(seed);
        var told = new ToldEvents();
        foreach (var node in Nodes)
        {
            object[] events = [Given.Registered(node), new ServerEnabled(node, Given.At(0)), new ServerCameOnline(node, Given.At(1))];
            foreach (var @event in events) pool.Happen(new ServerHappened(Given.At(@event is ServerCameOnline ? 1 : 0), @event));
            await history.AppendAsync([.. events, Given.Polled(node, 1, 1)]);
            told.Polls(node, Given.At(1), TimeSpan.FromSeconds(Interval), Given.At(720));
        }

        var second = 2.0;
        for (var number = 1; number <= 24; number++)
        {
            second += random.Next(3) == 0 ? random.NextDouble() * 60 : random.NextDouble() * 3;
            var at = DateTimeOffset.FromUnixTimeMilliseconds(Given.At(0).AddSeconds(second).ToUnixTimeMilliseconds());
            await history.AppendAsync(told.Until(at));
            var milliseconds = at.ToUnixTimeMilliseconds();
            var loads = (await live.ListAsync(MinimumUsers, at - JoinBuffer, default)).Select(server => server.Load).ToArray();
            Assert.Equal(loads.OrderBy(load => load.ServerId, StringComparer.Ordinal), pool.LoadsAt(milliseconds).OrderBy(load => load.ServerId, StringComparer.Ordinal));

            var arrived = Arrival(random, number, at);
            var chosen = Assert.IsType<PlacementOutcome.Placed>(Placing.Decide(
                side.Settings, loads, new PlacementRequest(arrived.MeetingId, arrived.Tag), new PlacementTurn(number, 1), at));
            pool.Happen(arrived);
            Assert.Equal(chosen.Server.ServerId, pool.ServerOf(arrived.Run));
            told.Meeting(arrived, chosen.Server.ServerId);
        }

        for (var i = 0; i < 12; i++)
        {
            second += random.NextDouble() * 40;
            var at = DateTimeOffset.FromUnixTimeMilliseconds(Given.At(0).AddSeconds(second).ToUnixTimeMilliseconds());
            await history.AppendAsync(told.Until(at));
            var loads = (await live.ListAsync(MinimumUsers, at - JoinBuffer, default)).Select(server => server.Load);
            Assert.Equal(
                loads.OrderBy(load => load.ServerId, StringComparer.Ordinal),
                pool.LoadsAt(at.ToUnixTimeMilliseconds()).OrderBy(load => load.ServerId, StringComparer.Ordinal));
        }
    }

    private static MeetingArrived Arrival(Random random, int number, DateTimeOffset at)
    {
        var starts = at.AddMilliseconds(random.Next(1, 900));
        var ends = starts.AddSeconds(random.Next(20, 400));
        DateTimeOffset? known = random.Next(2) == 0 ? null : ends.AddMilliseconds(random.Next(0, 500));
        var size = new MeetingSize(
            starts, ends, known, [.. Enumerable.Range(0, random.Next(1, 20)).Select(_ => random.Next(0, 40))], InternalMeetingId: $"int-{number}");
        return new MeetingArrived(at, new Guid(number, 0, 0, new byte[8]), "", $"room-{number}", TagRequest.Untagged, size);
    }

    /// <summary>The events that live code would have written of what the simulation does not play: polls, joins, starts and ends.</summary>
    private sealed class ToldEvents
    {
        private readonly List<(DateTimeOffset At, int Order, Func<object> Event)> events = [];
        private readonly List<(MeetingArrived Arrived, string Node, SimulatedMeeting Meeting)> meetings = [];
        private readonly Dictionary<string, List<DateTimeOffset>> polls = [];

        public void Polls(string node, DateTimeOffset first, TimeSpan interval, DateTimeOffset until)
        {
            var times = polls[node] = [];
            var round = 1L;
            for (var at = Next(first); at < until; at = Next(at))
            {
                var (began, number) = (at, ++round);
                times.Add(began);
                events.Add((began, 3, () => Polled(node, number, began)));
            }

            DateTimeOffset Next(DateTimeOffset began) => DateTimeOffset.FromUnixTimeMilliseconds(PollSchedule.Next(node, interval, began, began).ToUnixTimeMilliseconds());
        }

        public void Meeting(MeetingArrived arrived, string node)
        {
            var (size, run) = (arrived.Size, arrived.Run);
            var (starts, ends) = (size.StartsAt.ToUnixTimeMilliseconds(), size.EndsAt!.Value.ToUnixTimeMilliseconds());
            var meeting = new SimulatedMeeting(
                run, "", arrived.MeetingId, size.InternalMeetingId, arrived.At.ToUnixTimeMilliseconds(), long.MaxValue, new UserCurve(starts, ends, ends - starts, size.Points));
            meetings.Add((arrived, node, meeting));
            events.Add((arrived.At, 0, () => Given.Placed(run, arrived.MeetingId, node) with { At = arrived.At, Deadline = arrived.At.AddSeconds(25) }));
            events.Add((size.StartsAt, 1, () => new MeetingStarted(run, node, size.InternalMeetingId!, starts, null, false, null, 5, size.StartsAt)));
            for (var flush = (starts / 1000 * 1000) + 1000; flush < ends + 1000; flush += 1000)
            {
                var (at, count) = (DateTimeOffset.FromUnixTimeMilliseconds(flush), (int)(meeting.RoutedAt(flush) - meeting.RoutedAt(flush - 1000)));
                if (count > 0) events.Add((at, 2, () => new Scalelite.Domain.Joins.JoinsRouted(at.AddSeconds(-1), at, [new(run, node, count)])));
            }

            // By a call, or with the second poll that misses it.
            var missed = polls[node].FindIndex(poll => poll >= size.EndsAt);
            var (over, how) = size.EndKnownAt is { } known && known < polls[node][missed + 1]
                ? (known, EndLearned.EndCall)
                : (polls[node][missed + 1], EndLearned.Polls);
            events.Add((over, 4, () => new MeetingEnded(run, node, how, over, 1, 1, [1], over)));
        }

        /// <summary>Those up to a moment, in order; each once.</summary>
        public object[] Until(DateTimeOffset moment)
        {
            var (past, left) = (events.Where(told => told.At <= moment).OrderBy(told => told.At).ThenBy(told => told.Order).ToArray(), events.Where(told => told.At > moment).ToArray());
            events.Clear();
            events.AddRange(left);
            return [.. past.Select(one => one.Event())];
        }

        private ServerPolled Polled(string node, long round, DateTimeOffset began)
        {
            var at = began.ToUnixTimeMilliseconds();
            var seen = meetings.Where(one => one.Node == node && one.Meeting.Curve.Starts <= at && at < one.Meeting.Curve.Ends).Select(one =>
            {
                var users = one.Meeting.Curve.UsersAt(at);
                return new PolledMeeting(
                    one.Meeting.MeetingId, one.Meeting.InternalMeetingId!, one.Meeting.Curve.Starts, users, SimulatedServer.Moderators(users, ModeratorShare), 0, 0, false,
                    false, null, one.Arrived.Run, one.Meeting.RoutedAt(at));
            });
            return new ServerPolled(node, round, began, 80, 9, [.. seen], [], began.AddSeconds(Interval));
        }
    }
}
