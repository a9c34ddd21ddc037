using Scalelite.Domain.Meetings;
using Scalelite.Domain.Placement;
using Scalelite.Domain.Tests.Polling;
using Xunit;

namespace Scalelite.Domain.Tests.Meetings;

public sealed class MeetingTests
{
    private static readonly DateTimeOffset At = new(2026, 3, 2, 8, 0, 0, TimeSpan.Zero);
    private static readonly Guid Run = Guid.Parse("01957000-0000-7000-8000-000000000001");
    private static readonly PlacementReason Why = new("least-load", "lowest load of 2", null, 2, [], 1);
    private static readonly Meeting Placing = Meeting.Create(
        Meeting.Place(Run, "", "room", "a", "Room", "70000", true, new Dictionary<string, string> { ["origin"] = "x" }, Why, At.AddSeconds(25), At));
    private static readonly Meeting Live = Apply(Placing, Placing.Start("a", "int-1", 5, "70000", false, null, 30, At));

    [Fact]
    public void A_meeting_that_is_placed_is_live_once_its_node_has_it()
    {
        Assert.Equal((MeetingPhase.Placing, "a"), (Placing.Phase, Placing.ServerId));
        Assert.Equal((MeetingPhase.Live, "int-1", 5L), (Live.Phase, Live.InternalMeetingId, Live.CreateTime));
        Assert.Empty(Live.Start("a", "int-1", 5, "70000", true, null, 3, At).Events);
        Assert.Null(Live.Start("a", "int-1", 5, "70000", true, null, 3, At).Refusal);
        Assert.NotNull(Live.Start("a", "int-2", 6, "70000", true, null, 3, At).Refusal);
        Assert.NotNull(Placing.Start("b", "int-2", 6, null, false, null, 3, At).Refusal);
    }

    [Fact]
    public void What_no_event_may_hold_is_left_out_of_its_metadata()
    {
        var metadata = new Dictionary<string, string> { ["origin"] = "x", ["endcallbackurl"] = "https://lms/?token=1", ["secret-lrs-payload"] = "s" };
        var placed = Meeting.Place(Run, "", "room", "a", null, null, false, metadata, Why, At, At);
        Assert.Equal(["origin"], placed.Metadata!.Keys);
        var adopted = Meeting.Adopt(Run, "t", "a", PollTests.Found("room", "int-1") with { Metadata = metadata }, At);
        Assert.Equal(["origin"], adopted.Metadata!.Keys);
    }

    [Fact]
    public void A_failed_placement_is_tried_on_the_next_server_and_an_uncertain_one_leaves_a_copy_to_watch()
    {
        var failed = Apply(Placing, Placing.FailPlacement("a", PlacementFailure.Uncertain, "timeout", 10_000, At));
        Assert.Equal(["a"], failed.Copies.Keys);
        var again = failed.PlaceAgain("b", Why with { Attempt = 2 }, At.AddSeconds(10));
        var placed = Assert.IsType<MeetingPlaced>(Assert.Single(again.Events));
        Assert.Equal(("room", "b", "70000", At.AddSeconds(25)), (placed.MeetingId, placed.ServerId, placed.VoiceBridge, placed.Deadline));
        var next = Apply(failed, again);
        Assert.Equal((MeetingPhase.Placing, "b", 1), (next.Phase, next.ServerId, next.Copies.Count));
        Assert.Empty(next.FailPlacement("a", PlacementFailure.NotTaken, "late", 0, At).Events);
        Assert.NotNull(Live.PlaceAgain("b", Why, At).Refusal);
    }

    [Theory]
    [InlineData(PlacementFailure.NotTaken, 0)]
    [InlineData(PlacementFailure.Refused, 0)]
    [InlineData(PlacementFailure.Uncertain, 1)]
    [InlineData(PlacementFailure.Abandoned, 1)]
    public void Only_where_the_node_may_have_the_meeting_a_copy_is_watched(PlacementFailure failure, int copies) =>
        Assert.Equal(copies, Apply(Placing, Placing.FailPlacement("a", failure, "x", 1, At)).Copies.Count);

    [Fact]
    public void A_meeting_ends_once_and_only_where_it_is()
    {
        var end = Live.End("a", EndLearned.Polls, At, MeetingCurve.Of([1, 3]), At);
        var ended = Assert.IsType<MeetingEnded>(Assert.Single(end.Events));
        Assert.Equal((3, 2d), (ended.PeakUsers, ended.MeanUsers));
        Assert.Empty(Live.End("b", EndLearned.Polls, At, MeetingCurve.None, At).Events);
        Assert.Empty(Apply(Live, end).End("a", EndLearned.EndCall, At, MeetingCurve.None, At).Events);
    }

    [Fact]
    public void A_meeting_that_is_being_placed_ends_only_with_its_server()
    {
        Assert.Empty(Placing.End("a", EndLearned.Polls, At, MeetingCurve.None, At).Events);
        Assert.Empty(Placing.End("a", EndLearned.NotFound, At, MeetingCurve.None, At).Events);
        Assert.Single(Placing.End("a", EndLearned.ServerRemoved, At, MeetingCurve.None, At).Events);
    }

    [Fact]
    public void A_meeting_moves_and_moves_back_and_always_leaves_a_copy_to_watch()
    {
        var moved = Apply(Live, Live.Move("b", Why, At.AddSeconds(25), At));
        Assert.Equal(("b", MeetingPhase.Placing, null), (moved.ServerId, moved.Phase, moved.InternalMeetingId));
        Assert.Equal("int-1", moved.Copies["a"]);
        var there = Apply(moved, moved.Start("b", "int-2", 9, null, false, null, 20, At));
        var back = Apply(there, there.MoveBack("a", "int-1", 5, At));
        Assert.Equal(("a", MeetingPhase.Live, "int-1"), (back.ServerId, back.Phase, back.InternalMeetingId));
        Assert.Equal("int-2", Assert.Single(back.Copies).Value);
        Assert.Empty(there.MoveBack("c", "int-3", 5, At).Events);
        Assert.NotNull(Live.Move("a", Why, At, At).Refusal);
        Assert.NotNull(Placing.Move("b", Why, At, At).Refusal);
    }

    [Fact]
    public void A_copy_is_gone_once()
    {
        var moved = Apply(Live, Live.Move("b", Why, At, At));
        var gone = moved.CopyGone("a", "ended when empty", At);
        Assert.Single(gone.Events);
        Assert.Empty(Apply(moved, gone).CopyGone("a", "ended when empty", At).Events);
    }

    [Fact]
    public void A_run_that_was_placed_anew_elsewhere_leaves_its_copy_to_watch()
    {
        var ended = Apply(Live, Live.End("a", EndLearned.PlacedAnew, At, MeetingCurve.None, At));
        Assert.Equal("int-1", ended.Copies["a"]);
        Assert.Single(ended.CopyGone("a", "ended when empty", At).Events);
    }

    internal static Meeting Apply(Meeting meeting, Decision decision) => decision.Events.Aggregate(meeting, (state, @event) => @event switch
    {
        MeetingPlaced e => state.Apply(e),
        MeetingStarted e => state.Apply(e),
        PlacementFailed e => state.Apply(e),
        MeetingMoved e => state.Apply(e),
        MeetingCopyGone e => state.Apply(e),
        MeetingEnded e => state.Apply(e),
        MeetingEndCalled e => state.Apply(e),
        MeetingEndTold e => state.Apply(e),
        _ => throw new ArgumentOutOfRangeException(nameof(decision)),
    });
}
