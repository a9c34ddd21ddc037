using Scalelite.Domain.Joins;
using Scalelite.Domain.Keeping;
using Scalelite.Domain.Polling;
using Xunit;

namespace Scalelite.Domain.Tests.Keeping;

public sealed class RollUpTests
{
    private static readonly DateTimeOffset Day = new(2026, 3, 2, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void A_minute_has_all_its_polls_and_the_most_that_one_of_them_showed()
    {
        var day = new PolledDay("a", DateOnly.FromDateTime(Day.UtcDateTime));
        Assert.True(day.Add(Polled(at: 60, load: 15, (2, 1))));
        Assert.True(day.Add(Polled(at: 70, load: null, (4, 0), (5, 1))));
        Assert.True(day.Add(new ServerPollFailed("a", 3, Day.AddSeconds(119.999), 10, 1, "timeout", Day)));
        Assert.True(day.Add(Polled(at: 120, load: 45)));
        Assert.True(day.Add(new ServerPollFailed("a", 5, Day.AddDays(1).AddTicks(-1), 10, 1, "timeout", Day)));

        var rolledUp = day.RollUp(Day.AddDays(31));

        Assert.Equal(
            [
                new ServerMinute(1, 3, 1, 15, 2, 9, 1),
                new ServerMinute(2, 1, 0, 45, 0, 0, 0),
                new ServerMinute(1439, 1, 1, null, 0, 0, 0),
            ],
            rolledUp.Minutes);
        Assert.Equal(("a", DateOnly.FromDateTime(Day.UtcDateTime), Day.AddDays(31)), (rolledUp.ServerId, rolledUp.Day, rolledUp.At));
    }

    [Fact]
    public void What_is_no_poll_of_the_server_and_the_day_is_not_rolled_up()
    {
        var day = new PolledDay("a", DateOnly.FromDateTime(Day.UtcDateTime));
        Assert.False(day.Add(Polled(at: 60, load: 15) with { ServerId = "b" }));
        Assert.False(day.Add(Polled(at: -1, load: 15)));
        Assert.False(day.Add(Polled(at: 86_400, load: 15)));
        Assert.False(day.Add(new JoinsRouted(Day, Day, [])));
        Assert.Empty(day.RollUp(Day).Minutes);
    }

    [Fact]
    public void Joins_are_summed_for_each_minute_meeting_and_server()
    {
        var (one, other) = (new Guid(1, 0, 0, new byte[8]), new Guid(2, 0, 0, new byte[8]));
        var hour = new RoutedHour("joins-p-2026030200");
        Assert.True(hour.Add(Routed(61, (other, "a", 2), (one, "a", 1))));
        Assert.True(hour.Add(Routed(62, (one, "a", 4), (one, "b", 1))));
        Assert.True(hour.Add(Routed(120, (one, "a", 5))));
        Assert.False(hour.Add(Polled(at: 60, load: 1)));

        var rolledUp = hour.RollUp(Day);

        Assert.Equal("joins-p-2026030200", rolledUp.Stream);
        Assert.Equal(
            [
                new JoinMinute(one, "a", Day.AddMinutes(1), 5), new JoinMinute(one, "b", Day.AddMinutes(1), 1), new JoinMinute(other, "a", Day.AddMinutes(1), 2),
                new JoinMinute(one, "a", Day.AddMinutes(2), 5),
            ],
            rolledUp.Minutes);
    }

    [Fact]
    public void A_stream_of_polls_or_joins_says_by_its_key_when_it_ends()
    {
        var host = Assert.IsType<PastStream.Polls>(PastStream.Read("polls-bbb-1.example.org-20260302"));
        Assert.Equal(("bbb-1.example.org", new DateOnly(2026, 3, 2), Day.AddDays(1)), (host.ServerId, host.Day, host.EndsAt));
        var process = Guid.NewGuid();
        var joins = Assert.IsType<PastStream.Joins>(PastStream.Read(Streams.Joins(process, Day.AddHours(23.5))));
        Assert.Equal((Day.AddHours(23), Day.AddDays(1)), (joins.Hour, joins.EndsAt));
        Assert.Equal(Streams.Polls("a", Day), PastStream.Read(Streams.Polls("a", Day))?.Stream);

        Assert.All(["polls-20260302", "polls-a-20261302", "polls-a-2026030211", "joins-a-20260302", "pollsa-20260302", "meeting-1", "log", ""], key => Assert.Null(PastStream.Read(key)));
    }

    private static ServerPolled Polled(int at, long? load, params (int Users, int Videos)[] meetings) => new(
        "a", 1, Day.AddSeconds(at), 20, 1,
        [.. meetings.Select((m, i) => new PolledMeeting($"room {i}", $"int-{i}", 0, m.Users, 1, 0, m.Videos, false, false, null, null, 0))], [], Day, load);

    private static JoinsRouted Routed(double at, params (Guid, string, int)[] joins) =>
        new(Day.AddSeconds(at - 1), Day.AddSeconds(at), [.. joins.Select(j => new RoutedJoins(j.Item1, j.Item2, j.Item3))]);
}
