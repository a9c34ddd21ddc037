using Scalelite.Domain.Meetings;
using Scalelite.Domain.Polling;
using Scalelite.Domain.Servers;
using Xunit;
using static Scalelite.Domain.Polling.PollConsequence;
using static Scalelite.Domain.Tests.Polling.PollTests;

namespace Scalelite.Domain.Tests.Polling;

public sealed class CopyTests
{
    private const string Here = "node-1";
    private static readonly DateTimeOffset Began = new(2026, 3, 2, 8, 0, 0, TimeSpan.Zero);
    private static readonly Guid Run = Guid.Parse("01957000-0000-7000-8000-000000000001");
    private static readonly KnownLocation Elsewhere = new("", "room", Run, "node-2", "int-2", MeetingPhase.Live, null);
    private static readonly WatchedCopy Moved = new(Run, "", "room", "int-1", CopyReason.Moved, Began.AddMinutes(-3), UsersNow: 0);
    private static readonly WatchedCopy Uncertain = Moved with { InternalMeetingId = null, Reason = CopyReason.Uncertain, UsersNow = 4 };

    private PolledServer server = new(Here, AdministrativeState.Enabled, Health.Online, 5, 0, new HashSet<Guid>());
    private PollSettings settings = new(TimeSpan.FromSeconds(60));

    [Fact]
    public void A_copy_without_users_is_ended_whatever_left_it()
    {
        foreach (var reason in Enum.GetValues<CopyReason>())
            Assert.Equal([new EndCopy(Run, Here, "room", "int-1")], Poll([Found("room", "int-1")], Moved with { Reason = reason }, Elsewhere));
    }

    [Fact]
    public void A_copy_whose_run_is_not_known_is_whatever_the_node_has_under_its_id() =>
        Assert.Equal([new EndCopy(Run, Here, "room", "int-7")], Poll([Found("room", "int-7")], Uncertain, Elsewhere));

    [Fact]
    public void A_meeting_moves_back_to_the_people_in_the_old_copy_when_nobody_is_in_the_new_one() => Assert.Equal(
        [new MoveBack(Run, "node-2", Here, "int-1", 1_700_000_000_000)], Poll([Found("room", "int-1", users: 20)], Moved, Elsewhere));

    [Theory]
    [InlineData(3)]
    [InlineData(null)]
    public void It_does_not_move_back_where_the_new_copy_has_users_or_may_have(int? usersNow) =>
        Assert.Empty(Poll([Found("room", "int-1", users: 20)], Moved with { UsersNow = usersNow }, Elsewhere));

    [Fact]
    public void It_does_not_move_back_while_it_is_being_placed_or_to_a_disabled_server()
    {
        Assert.Empty(Poll([Found("room", "int-1", users: 20)], Moved, Elsewhere with { Phase = MeetingPhase.Placing }));
        server = server with { State = AdministrativeState.Disabled };
        Assert.Empty(Poll([Found("room", "int-1", users: 20)], Moved, Elsewhere));
    }

    [Fact]
    public void By_setting_a_moved_copy_is_ended_with_people_in_it()
    {
        settings = settings with { EndMovedCopies = true };
        Assert.Equal([new EndCopy(Run, Here, "room", "int-1")], Poll([Found("room", "int-1", users: 20)], Moved with { UsersNow = 3 }, Elsewhere));
        Assert.Empty(Poll([Found("room", "int-1", users: 20)], Uncertain, Elsewhere));
    }

    [Fact]
    public void A_copy_with_people_whose_meeting_is_over_elsewhere_is_adopted()
    {
        var meeting = Found("room", "int-1", users: 20);
        Assert.Equal([new AdoptMeeting("", Here, meeting)], Poll([meeting], Moved with { UsersNow = null }));
        Assert.Empty(Poll([Found("room", "int-1", users: 20)], Uncertain, Elsewhere));
    }

    [Fact]
    public void A_copy_is_gone_when_two_answers_in_a_row_miss_it()
    {
        Assert.Empty(Poll([], Moved, Elsewhere));
        server = server with { Missing = new HashSet<Guid> { Run } };
        Assert.Equal([new CopyGone(Run, Here)], Poll([], Moved, Elsewhere));
    }

    [Fact]
    public void A_create_without_an_answer_is_watched_for_longer_because_a_node_may_carry_it_out_late()
    {
        server = server with { Missing = new HashSet<Guid> { Run } };
        Assert.Empty(Poll([], Uncertain, Elsewhere));
        Assert.Equal([new CopyGone(Run, Here)], Poll([], Uncertain with { Since = Began.AddMinutes(-5) }, Elsewhere));
    }

    [Fact]
    public void A_copy_whose_id_was_placed_here_again_is_that_meeting_now() =>
        Assert.Empty(Poll([Found("room", "int-1")], Moved with { InternalMeetingId = null }, Elsewhere with { ServerId = Here, InternalMeetingId = "int-1" }));

    [Fact]
    public void Another_meeting_under_a_copys_id_is_not_taken_for_the_copy()
    {
        var other = Found("room", "int-8");
        Assert.Equal([new SecondCopySeen(Run, Here, "node-2", other)], Poll([other], Moved, Elsewhere));
    }

    private IReadOnlyList<PollConsequence> Poll(FoundMeeting[] answer, WatchedCopy copy, params KnownLocation[] locations)
    {
        var expected = locations.Where(l => l.ServerId == Here).ToArray();
        return PollDecision.Succeeded(
            server,
            new PollTiming(6, Began, Began.AddMilliseconds(40)),
            answer,
            new PollKnowledge(expected, locations, [copy], [], new Dictionary<Guid, long>()),
            settings).Consequences;
    }
}
