using Scalelite.Domain.WhatIf;
using Xunit;

namespace Scalelite.Domain.Tests.WhatIf;

public sealed class UserCurveTests
{
    [Fact]
    public void Users_rise_from_nobody_to_the_first_point_and_go_from_point_to_point()
    {
        var curve = new UserCurve(1000, 11_000, 10_000, [10, 20, 20, 4, 4]);
        Assert.Equal([0, 0, 5, 10, 15, 20, 20, 12, 4, 0], new long[] { 999, 1000, 1500, 2000, 3000, 4000, 6000, 7000, 10_999, 11_000 }.Select(curve.UsersAt));
        Assert.Equal([0, 10, 20, 20, 20], new long[] { 1000, 2000, 4000, 7000, 20_000 }.Select(curve.JoinsAt));
    }

    [Fact]
    public void The_next_change_and_the_next_join_are_the_first_moments_at_which_something_is_different_or_not_later_where_points_are_one_moment()
    {
        var random = new Random(5);
        for (var round = 0; round < 60; round++)
        {
            var (starts, length) = (random.Next(0, 50), random.Next(1, 400));
            int[] points = [.. Enumerable.Range(0, random.Next(0, 9)).Select(_ => random.Next(0, 30))];
            var curve = new UserCurve(starts, starts + length, length, points);
            for (var at = starts; at < starts + length; at++)
            {
                var change = First(at, moment => curve.UsersAt(moment) != curve.UsersAt(at) || moment == curve.Ends);
                var join = First(at, moment => moment < curve.Ends && curve.JoinsAt(moment) != curve.JoinsAt(at));
                Assert.InRange(curve.NextChange(at), length > 2 * points.Length ? change : at + 1, change);
                Assert.InRange(curve.NextJoin(at), length > 2 * points.Length ? join : at + 1, join);
            }

            long First(long after, Func<long, bool> holds)
            {
                for (var moment = after + 1; moment <= curve.Ends; moment++)
                    if (holds(moment)) return moment;
                return long.MaxValue;
            }
        }
    }

    [Fact]
    public void What_is_left_of_it_begins_with_nobody_and_ends_when_it_would_have()
    {
        var rest = new UserCurve(0, 100_000, 100_000, [.. Enumerable.Repeat(30, 10)]).From(40_000);
        Assert.Equal((40_000, 100_000, 0, 30), (rest.Starts, rest.Ends, rest.UsersAt(40_000), rest.UsersAt(60_000)));
    }

    [Fact]
    public void A_meeting_that_goes_on_keeps_its_last_users_and_one_that_nobody_polled_has_none()
    {
        Assert.Equal(7, new UserCurve(0, long.MaxValue, 10_000, [3, 7]).UsersAt(1_000_000));
        var unseen = new UserCurve(0, 5000, 5000, []);
        Assert.Equal((0, 5000), (unseen.UsersAt(2000), unseen.NextChange(0)));
    }
}
