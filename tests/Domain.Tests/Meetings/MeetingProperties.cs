using FsCheck;
using FsCheck.Fluent;
using Scalelite.Domain.Meetings;
using Scalelite.Domain.Placement;
using Xunit;

namespace Scalelite.Domain.Tests.Meetings;

public sealed class MeetingProperties
{
    private static readonly DateTimeOffset At = new(2026, 3, 2, 8, 0, 0, TimeSpan.Zero);
    private static readonly PlacementReason Why = new("least-load", "lowest load of 3", null, 3, [], 1);

    private static readonly Gen<Func<Meeting, Decision>> Commands =
        from server in Gen.Elements("a", "b", "c")
        from run in Gen.Elements("int-1", "int-2")
        from failure in Gen.Elements(Enum.GetValues<PlacementFailure>())
        from how in Gen.Elements(Enum.GetValues<EndLearned>())
        from command in Gen.Elements<Func<Meeting, Decision>>(
            m => m.Start(server, run, 1, null, false, null, 1, At),
            m => m.Start(m.ServerId, run, 1, null, false, null, 1, At),
            m => m.FailPlacement(server, failure, "x", 1, At),
            m => m.PlaceAgain(server, Why, At),
            m => m.Move(server, Why, At, At),
            m => m.MoveBack(server, run, 1, At),
            m => m.CopyGone(server, "x", At),
            m => m.End(server, how, At, MeetingCurve.None, At),
            m => m.HearEnd(server, true, At),
            m => m.TellEnd(true, At))
        select command;

    [Fact]
    public void A_meeting_has_one_place_and_its_end_is_final() => Prop.ForAll(
        Gen.ListOf(Commands).ToArbitrary(),
        commands =>
        {
            var meeting = Meeting.Create(
                Meeting.Place(Guid.Empty, "", "room", "a", null, null, false, new Dictionary<string, string>(), Why, At, At));
            foreach (var command in commands)
            {
                var next = MeetingTests.Apply(meeting, command(meeting));
                var here = next.Phase is MeetingPhase.Placing or MeetingPhase.Live;
                Assert.False(here && next.Copies.ContainsKey(next.ServerId), "it is where it left a copy");
                Assert.Equal(next.Phase == MeetingPhase.Live, here && next.InternalMeetingId is not null);
                if (meeting.Phase == MeetingPhase.Ended)
                    Assert.Equal((MeetingPhase.Ended, meeting.ServerId), (next.Phase, next.ServerId));
                if (next.ServerId != meeting.ServerId && meeting.Phase == MeetingPhase.Live)
                    Assert.True(next.Copies.ContainsKey(meeting.ServerId), "it moved and left nothing to watch");
                meeting = next;
            }

            return true;
        }).QuickCheckThrowOnFailure();
}
