using Scalelite.Simulator.Faults;
using Scalelite.Workers.Configuration;
using Xunit;

namespace Scalelite.Api.Tests.Calls;

/// <summary>getMeetings and getSessions: the whole pool as one server.</summary>
public sealed class MeetingListTests
{
    private const string None =
        "<response><returncode>SUCCESS</returncode><meetings/><messageKey>noMeetings</messageKey><message>no meetings were found on this server</message></response>";

    [Fact]
    public async Task Without_a_meeting_the_answer_is_a_node_s()
    {
        await using var balancer = await Balancer.StartAsync(2);

        Assert.Equal(None, (await balancer.Lms.GetAsync("getMeetings")).Text);
        Assert.Equal(
            "<response><returncode>SUCCESS</returncode><sessions/><messageKey>noSessions</messageKey><message>no sessions were found on this serverr</message></response>",
            (await balancer.Lms.GetAsync("getSessions")).Text);
    }

    [Fact]
    public async Task The_meetings_of_all_nodes_stand_in_one_answer()
    {
        await using var balancer = await Balancer.StartAsync(3);
        for (var n = 1; n <= 6; n++) await balancer.CreateAsync($"room-{n}");
        foreach (var node in balancer.Pool.Nodes) node.AddUsers(node.Meetings[0].MeetingID, 1);

        var meetings = await balancer.Lms.GetAsync("getMeetings");
        var sessions = await balancer.Lms.GetAsync("getSessions");

        Assert.Equal(["response", "meetings"], new[] { meetings.Xml.Name.LocalName, meetings.Xml.Elements().Last().Name.LocalName });
        Assert.Equal(Enumerable.Range(1, 6).Select(n => $"room-{n}"), Ids(meetings).Order());
        Assert.Equal(3, sessions.Xml.Element("sessions")!.Elements("meeting").Count());
    }

    [Fact]
    public async Task A_node_that_fails_is_answered_for_from_its_last_poll_without_names_and_passwords()
    {
        await using var balancer = await Balancer.StartAsync(2);
        await balancer.CreateAsync("room-1", "&meta_course=42&moderatorPW=the-moderators&attendeePW=the-attendees");
        await balancer.CreateAsync("room-2");
        var node = balancer.Node((await balancer.LocationAsync("room-1"))!);
        node.AddUsers("room-1", 3, moderators: 1);
        await balancer.PollAsync();
        node.Faults.Add(Fault.HtmlError().On("getMeetings"));

        var reply = await balancer.Lms.GetAsync("getMeetings");

        Assert.Equal("SUCCESS", reply.Code);
        Assert.Equal(["room-1", "room-2"], Ids(reply).Order());
        var known = reply.Xml.Element("meetings")!.Elements().Single(m => m.Element("meetingID")!.Value == "room-1");
        var live = node.Meeting("room-1")!;
        Assert.Equal(
            (live.InternalMeetingID, live.CreateTime.ToString(null, null), live.VoiceBridge, "true", "3", "1", "42"),
            (Of("internalMeetingID"), Of("createTime"), Of("voiceBridge"), Of("running"), Of("participantCount"), Of("moderatorCount"),
                known.Element("metadata")!.Element("course")!.Value));
        Assert.Equal("", Of("attendees"));
        Assert.DoesNotContain("the-moderators", reply.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("the-attendees", reply.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("User 1", reply.Text, StringComparison.Ordinal);

        string Of(string name) => known.Element(name)!.Value;
    }

    [Fact]
    public async Task Calls_at_the_same_time_share_one_round()
    {
        await using var balancer = await Balancer.StartAsync(2);
        await balancer.CreateAsync("room-1");
        foreach (var node in balancer.Pool.Nodes) node.Faults.Add(Fault.LateAnswer(TimeSpan.FromSeconds(1)).On("getMeetings"));

        var replies = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => balancer.Lms.GetAsync("getMeetings")));

        Assert.All(replies, reply => Assert.Equal(["room-1"], Ids(reply)));
        Assert.All(balancer.Pool.Nodes, node => Assert.InRange(node.Journal.Count("getMeetings"), 1, 2));
    }

    [Fact]
    public async Task Switched_off_it_says_that_there_are_none_and_asks_nobody()
    {
        await using var balancer = await Balancer.StartAsync(1, settings => settings with { Meetings = new MeetingSettings { GetMeetingsDisabled = true } });
        await balancer.CreateAsync("room-1");

        Assert.Equal(None, (await balancer.Lms.GetAsync("getMeetings")).Text);
        Assert.Equal(0, balancer.Node("node-1").Journal.Count("getMeetings"));
    }

    private static IEnumerable<string> Ids(Reply reply) => reply.Xml.Element("meetings")!.Elements("meeting").Select(m => m.Element("meetingID")!.Value);
}
