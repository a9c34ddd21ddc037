using Scalelite.Domain.Meetings;
using Scalelite.Domain.Polling;
using Scalelite.Domain.Servers;
using Xunit;
using static Scalelite.Domain.Polling.PollConsequence;

namespace Scalelite.Domain.Tests.Polling;

public sealed class PollTests
{
    private const string Here = "node-1";
    private static readonly DateTimeOffset Began = new(2026, 3, 2, 8, 0, 0, TimeSpan.Zero);
    private static readonly Guid Run = Guid.Parse("01957000-0000-7000-8000-000000000001");
    private static readonly KnownLocation Live = new("", "room", Run, Here, "int-1", MeetingPhase.Live, null);
    private static readonly KnownLocation Placing = new("", "room", Run, Here, null, MeetingPhase.Placing, Began.AddSeconds(-1));

    private PolledServer server = new(Here, AdministrativeState.Enabled, Health.Online, 5, 0, new HashSet<Guid>());
    private PollSettings settings = new(TimeSpan.FromSeconds(60));

    [Fact]
    public void A_meeting_that_is_where_it_should_be_is_counted_with_the_joins_routed_before_the_poll()
    {
        var (polled, consequences) = Poll([Found("room", "int-1", users: 7)], [Live], joinsBefore: new() { [Run] = 9 });
        Assert.Empty(consequences);
        Assert.Equal((6, 1), (polled.Successes, polled.Meetings.Count));
        Assert.Equal((Run, 7, 9L), (polled.Meetings[0].Instance, polled.Meetings[0].Users, polled.Meetings[0].JoinsBefore));
    }

    [Fact]
    public void A_meeting_ends_when_two_answers_in_a_row_do_not_name_it()
    {
        var (first, none) = Poll([], [Live]);
        Assert.Equal([Run], first.Missing);
        Assert.Empty(none);
        server = server with { Missing = first.Missing.ToHashSet() };
        Assert.Equal([new EndMeeting(Run, Here)], Poll([], [Live]).Consequences);
    }

    [Fact]
    public void A_meeting_that_the_node_says_was_ended_is_missing()
    {
        var (polled, _) = Poll([Found("room", "int-1") with { Ended = true }], [Live]);
        Assert.Equal([Run], polled.Missing);
        Assert.Empty(polled.Meetings);
    }

    [Fact]
    public void A_meeting_that_was_placed_or_moved_away_while_the_poll_ran_is_not_missing()
    {
        server = server with { Missing = new HashSet<Guid> { Run } };
        var moved = Poll([], expected: [Live], locations: [Live with { ServerId = "node-2" }]);
        var placed = Poll([], expected: [], locations: [Live]);
        Assert.Empty(moved.Event.Missing);
        Assert.Empty(placed.Event.Missing);
        Assert.Empty(moved.Consequences.Concat(placed.Consequences));
    }

    [Fact]
    public void A_meeting_that_is_being_placed_is_abandoned_after_two_polls_that_both_began_after_its_deadline()
    {
        var early = Poll([], [Placing with { Deadline = Began.AddSeconds(1) }]);
        Assert.Empty(early.Event.Missing);
        var first = Poll([], [Placing]);
        Assert.Empty(first.Consequences);
        server = server with { Missing = first.Event.Missing.ToHashSet() };
        Assert.Equal([new AbandonPlacement(Run, Here)], Poll([], [Placing]).Consequences);
    }

    [Fact]
    public void A_meeting_that_began_after_the_answer_to_its_create_was_lost_is_started_once_its_deadline_is_over()
    {
        var meeting = Found("room", "int-1");
        Assert.Empty(Poll([meeting], [Placing with { Deadline = Began.AddSeconds(1) }]).Consequences);
        Assert.Equal([new StartedSeen(Run, Here, meeting)], Poll([meeting], [Placing]).Consequences);
        Assert.Empty(Poll([meeting], expected: [Placing], locations: [Live]).Consequences);
    }

    [Fact]
    public void A_meeting_that_became_live_since_it_was_last_missed_is_not_ended_by_that()
    {
        server = server with { Missing = new HashSet<Guid> { Run } };
        Assert.Empty(Poll([], expected: [Placing], locations: [Live]).Consequences);
    }

    [Fact]
    public void An_unknown_meeting_is_adopted()
    {
        var meeting = Found("room", "int-1");
        var (polled, consequences) = Poll([meeting], []);
        Assert.Equal([new AdoptMeeting("", Here, meeting)], consequences);
        Assert.Null(polled.Meetings[0].Instance);
    }

    [Fact]
    public void An_adopted_meeting_belongs_to_the_tenant_of_its_metadata_and_a_breakout_to_its_parents()
    {
        settings = settings with { Multitenancy = true };
        var parent = Found("room", "int-1", tenant: "t1");
        var breakout = Found("b-1", "int-2", tenant: "wrong") with { IsBreakout = true, ParentMeetingId = "int-1" };
        Assert.Equal([new AdoptMeeting("t1", Here, parent), new AdoptMeeting("t1", Here, breakout)], Poll([parent, breakout], []).Consequences);
        Assert.Equal([new AdoptMeeting("t2", Here, breakout)], Poll([parent, breakout], [Live with { TenantId = "t2" }]).Consequences);
    }

    [Fact]
    public void The_same_id_of_another_tenant_elsewhere_does_not_hinder_adoption()
    {
        settings = settings with { Multitenancy = true };
        var meeting = Found("room", "int-2", tenant: "t2");
        var elsewhere = Live with { TenantId = "t1", ServerId = "node-2" };
        Assert.Equal([new AdoptMeeting("t2", Here, meeting)], Poll([meeting], [], [elsewhere]).Consequences);
    }

    [Fact]
    public void A_meeting_whose_location_is_elsewhere_is_left_alone_and_said()
    {
        var meeting = Found("room", "int-2");
        Assert.Equal([new SecondCopySeen(Run, Here, "node-2", meeting)], Poll([meeting], [], [Live with { ServerId = "node-2" }]).Consequences);
    }

    [Fact]
    public void Another_run_under_the_same_id_waits_until_two_answers_missed_the_known_one()
    {
        var other = Found("room", "int-9");
        var first = Poll([other], [Live]);
        Assert.Equal([Run], first.Event.Missing);
        Assert.Null(first.Event.Meetings[0].Instance);
        Assert.Empty(first.Consequences);
        server = server with { Missing = first.Event.Missing.ToHashSet() };
        Assert.Equal([new EndMeeting(Run, Here)], Poll([other], [Live]).Consequences);
        Assert.Equal([new AdoptMeeting("", Here, other)], Poll([other], []).Consequences);
    }

    [Fact]
    public void A_meeting_that_ended_while_the_poll_ran_or_just_before_is_not_adopted()
    {
        var meeting = Found("room", "int-1");
        Assert.Empty(Poll([meeting], expected: [Live], locations: []).Consequences);
        Assert.Empty(Poll([meeting], [], ended: [new EndedRun("int-1", EndLearned.EndCall, Began.AddSeconds(-5))]).Consequences);
        Assert.Equal(
            [new AdoptMeeting("", Here, meeting)],
            Poll([meeting], [], ended: [new EndedRun("int-1", EndLearned.Polls, Began.AddMinutes(-5))]).Consequences);
    }

    [Fact]
    public void What_a_panic_gave_up_is_not_adopted_while_the_server_is_disabled()
    {
        var meeting = Found("room", "int-1");
        EndedRun[] panicked = [new EndedRun("int-1", EndLearned.ServerPanicked, Began.AddHours(-1))];
        server = server with { State = AdministrativeState.Disabled };
        Assert.Empty(Poll([meeting], [], ended: panicked).Consequences);
        server = server with { State = AdministrativeState.Enabled };
        Assert.Single(Poll([meeting], [], ended: panicked).Consequences);
    }

    [Fact]
    public void A_server_comes_online_after_enough_good_polls_in_a_row()
    {
        settings = settings with { HealthyThreshold = 3 };
        server = server with { Health = Health.Offline, Successes = 1 };
        Assert.Empty(Poll([], []).Consequences);
        server = server with { Health = Health.Suspect, Successes = 2 };
        Assert.Equal([new BringOnline(Here)], Poll([], []).Consequences);
    }

    [Fact]
    public void A_cordoned_server_is_drained_when_neither_it_nor_we_have_a_meeting_there()
    {
        server = server with { State = AdministrativeState.Cordoned };
        Assert.Empty(Poll([Found("room", "int-1")], [Live]).Consequences);
        Assert.Empty(Poll([], [], [Placing]).Consequences);
        Assert.Equal([new DrainServer(Here)], Poll([], []).Consequences);
    }

    [Fact]
    public void A_failed_poll_makes_an_online_server_suspect_and_the_second_takes_it_offline()
    {
        var first = PollDecision.Failed(server, Timing(), "no answer", settings);
        Assert.Equal(1, first.Event.Failures);
        Assert.Equal([new SuspectServer(Here, "no answer")], first.Consequences);
        server = server with { Health = Health.Suspect, Failures = 1 };
        var second = PollDecision.Failed(server, Timing(), "no answer", settings);
        Assert.Equal([new TakeOffline(Here, "no answer")], second.Consequences);
        server = server with { Health = Health.Offline, Failures = 2 };
        Assert.Empty(PollDecision.Failed(server, Timing(), "no answer", settings).Consequences);
    }

    [Fact]
    public void With_a_threshold_of_one_the_first_failure_takes_it_offline()
    {
        settings = settings with { UnhealthyThreshold = 1 };
        Assert.Equal([new TakeOffline(Here, "x")], PollDecision.Failed(server, Timing(), "x", settings).Consequences);
    }

    [Fact]
    public void A_fault_of_our_own_says_nothing_of_the_server()
    {
        server = server with { Failures = 1 };
        var failed = PollDecision.Failed(server, Timing(), "resolver", settings, ours: true);
        Assert.Equal(1, failed.Event.Failures);
        Assert.Empty(failed.Consequences);
    }

    [Fact]
    public void The_load_of_an_answer_counts_users_and_a_young_meeting_as_at_least_the_minimum()
    {
        settings = settings with { MinimumUsers = 20, JoinBuffer = TimeSpan.FromMinutes(10) };
        var (young, old) = (Began.AddMinutes(-10).AddMilliseconds(1), Began.AddMinutes(-10));
        FoundMeeting[] answer =
        [
            Found("ours, young", "int-1", users: 7), Found("ours, old", "int-2", users: 7), Found("young and large", "int-3", users: 30) with { CreateTime = young.ToUnixTimeMilliseconds() },
            Found("found, young", "int-4", users: 1) with { CreateTime = young.ToUnixTimeMilliseconds() }, Found("found, old", "int-5", users: 2), Found("another run", "int-6", users: 3),
            Found("no time at all", "int-7", users: 5) with { CreateTime = -1 }, Found("over", "int-8", users: 50) with { Ended = true },
        ];
        KnownLocation[] known =
        [
            Live with { MeetingId = "ours, young", Instance = Guid.NewGuid(), PlacedAt = young }, Live with { MeetingId = "ours, old", Instance = Guid.NewGuid(), InternalMeetingId = "int-2", PlacedAt = old },
            Live with { MeetingId = "another run", Instance = Guid.NewGuid(), InternalMeetingId = "int-0", PlacedAt = young },
        ];

        Assert.Equal(20 + 7 + 30 + 20 + 2 + 3 + 5, Poll(answer, known).Event.Load);
        Assert.Equal(0, Poll([], []).Event.Load);
    }

    private PollOutcome<ServerPolled> Poll(
        FoundMeeting[] answer, KnownLocation[] expected, KnownLocation[]? locations = null, EndedRun[]? ended = null, Dictionary<Guid, long>? joinsBefore = null) =>
        PollDecision.Succeeded(server, Timing(), answer, new PollKnowledge(expected, locations ?? expected, [], ended ?? [], joinsBefore ?? []), settings);

    private static PollTiming Timing() => new(6, Began, Began.AddMilliseconds(40));

    internal static FoundMeeting Found(string id, string internalId, int users = 0, string? tenant = null) => new(
        id, internalId, 1_700_000_000_000, "Room", "70000", users, 0, 0, 0, false, false, null,
        tenant is null ? new Dictionary<string, string>() : new Dictionary<string, string> { ["tenant-id"] = tenant });
}
