using Scalelite.Domain.Callbacks;
using Scalelite.Domain.Meetings;
using Scalelite.Domain.Placement;
using Scalelite.Domain.Servers;
using Xunit;

namespace Scalelite.Domain.Tests.Meetings;

/// <summary>What is heard and told of a run's end.</summary>
public sealed class MeetingEndTests
{
    private static readonly DateTimeOffset At = new(2026, 3, 2, 8, 0, 0, TimeSpan.Zero);
    private static readonly Guid Run = Guid.Parse("01957000-0000-7000-8000-000000000002");
    private static readonly PlacementReason Why = new("least-load", "lowest load of 2", null, 2, [], 1);

    [Fact]
    public void The_node_s_call_is_kept_once_and_ends_nothing_by_itself()
    {
        var live = Live(relayed: true);
        var heard = live.HearEnd("a", true, At);
        var called = MeetingTests.Apply(live, heard);

        Assert.Equal(new MeetingEndCalled(Run, "a", true, At), Assert.Single(heard.Events));
        Assert.Equal((MeetingPhase.Live, true), (called.Phase, called.EndCalled));
        Assert.Empty(called.HearEnd("a", false, At).Events);
        Assert.Empty(called.TellEnd(true, At).Events);
    }

    [Fact]
    public void A_copy_that_was_left_behind_says_nothing_nor_does_a_run_whose_node_has_the_client_s_URL()
    {
        var moved = MeetingTests.Apply(Live(relayed: true), Live(relayed: true).Move("b", Why, At, At));

        Assert.Empty(moved.HearEnd("a", true, At).Events);
        Assert.Empty(Live(relayed: false).HearEnd("a", true, At).Events);
        Assert.Empty(Ended(Live(relayed: false)).TellEnd(true, At).Events);
    }

    [Fact]
    public void The_client_is_told_once_whether_the_node_called_before_after_or_never()
    {
        var never = Ended(Live(relayed: true)).TellEnd(true, At);
        var after = MeetingTests.Apply(Ended(Live(relayed: true)), Ended(Live(relayed: true)).HearEnd("a", true, At));
        var told = MeetingTests.Apply(after, after.TellEnd(true, At));

        Assert.Equal(new MeetingEndTold(Run, false, true, At), Assert.Single(never.Events));
        Assert.Equal(new MeetingEndTold(Run, true, true, At), Assert.Single(after.TellEnd(true, At).Events));
        Assert.Empty(told.TellEnd(true, At).Events);
    }

    [Fact]
    public void A_server_passes_end_callbacks_until_it_is_enabled_anew()
    {
        var server = Server.Create(new ServerRegistered("a", "https://a/bigbluebutton/api", "f", 1, null, At));
        var passes = server.Apply(Assert.IsType<ServerEndCallbacksPassed>(Assert.Single(server.PassEndCallbacks(At).Events)));

        Assert.True(passes.PassesEndCallbacks);
        Assert.Empty(passes.PassEndCallbacks(At).Events);
        Assert.False(passes.Apply(new ServerEnabled("a", At)).PassesEndCallbacks);
    }

    [Fact]
    public void Whom_a_default_or_an_override_names_is_called_as_if_the_client_had_named_it()
    {
        var client = new Dictionary<string, string> { ["endcallbackurl"] = "https://lms/1", ["analytics-callback-url"] = "https://lms/2" };

        Assert.Same(client, CallbackMetadata.WithMeetingEnded(client, new Dictionary<string, string> { ["endcallbackurl"] = "https://lms/1" }));
        Assert.Equal(
            "https://lms/3", CallbackMetadata.WithMeetingEnded(client, new Dictionary<string, string> { ["endcallbackurl"] = "https://lms/3" })["endcallbackurl"]);
        Assert.Equal(["analytics-callback-url"], CallbackMetadata.WithMeetingEnded(client, new Dictionary<string, string>()).Keys);
        Assert.Equal(
            ["analytics-callback-url"], CallbackMetadata.WithMeetingEnded(client, new Dictionary<string, string> { ["endcallbackurl"] = "no url" }).Keys);
    }

    private static Meeting Live(bool relayed)
    {
        var placed = Meeting.Create(Meeting.Place(Run, "", "room", "a", "Room", null, false, new Dictionary<string, string>(), Why, At, At) with { EndRelayed = relayed });
        return MeetingTests.Apply(placed, placed.Start("a", "int-1", 5, null, false, null, 30, At));
    }

    private static Meeting Ended(Meeting live) => MeetingTests.Apply(live, live.End("a", EndLearned.Polls, At, MeetingCurve.None, At));
}
