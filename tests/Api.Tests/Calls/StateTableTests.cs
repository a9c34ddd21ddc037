using System.Xml.Linq;
using Xunit;

namespace Scalelite.Api.Tests.Calls;

/// <summary>The design's table of the states of a server and the calls about its meetings, cell by cell.</summary>
public sealed class StateTableTests(StateTable table) : IClassFixture<StateTable>
{
    private Balancer Balancer => table.Balancer;

    private Lms Lms => Balancer.Lms;

    [Theory]
    [InlineData("enabled", true)]
    [InlineData("cordoned", false)]
    [InlineData("suspect", false)]
    [InlineData("suspect-silent", false)]
    [InlineData("offline", false)]
    [InlineData("offline-answers", false)]
    [InlineData("offline-long", false)]
    [InlineData("cordoned-offline", false)]
    [InlineData("disabled", false)]
    [InlineData("removed", false)]
    [InlineData("panicked", false)]
    public async Task Gets_new_meetings(string row, bool takes)
    {
        var reply = await Lms.GetAsync("create", $"name=new&meetingID=new-{row}&meta_server-tag={row}!");

        if (takes) Assert.Equal("SUCCESS", reply.Code);
        else Assert.Equal(("serverTagUnavailable", $"There is no available server with the required tag={row}."), (reply.Key, reply.Message));
        Assert.Equal(takes ? StateTable.NodeOf(row) : null, await Balancer.LocationAsync($"new-{row}"));
    }

    [Theory]
    [InlineData("enabled", "forwarded")]
    [InlineData("cordoned", "forwarded")]
    [InlineData("suspect", "forwarded")]
    [InlineData("suspect-silent", "fails")]
    [InlineData("offline", "fails")]
    [InlineData("offline-answers", "forwarded")]
    [InlineData("offline-long", "elsewhere")]
    [InlineData("cordoned-offline", "fails")]
    [InlineData("disabled", "elsewhere")]
    [InlineData("removed", "elsewhere")]
    [InlineData("panicked", "elsewhere")]
    public async Task Create_of_a_meeting_that_it_holds(string row, string expected)
    {
        var meeting = StateTable.MeetingOf(row, "create");
        var before = Balancer.Node(StateTable.NodeOf(row)).Meeting(meeting);

        var reply = await Lms.GetAsync("create", $"name={meeting}&meetingID={meeting}&meta_server-tag={row}");

        switch (expected)
        {
            case "forwarded":
                Assert.Equal(("SUCCESS", "duplicateWarning", before!.InternalMeetingID), (reply.Code, reply.Key, reply["internalMeetingID"]));
                Assert.Equal(StateTable.NodeOf(row), await Balancer.LocationAsync(meeting));
                break;
            case "fails":
                Assert.Equal(("internalError", "Unable to create meeting on server."), (reply.Key, reply.Message));
                Assert.Equal(StateTable.NodeOf(row), await Balancer.LocationAsync(meeting));
                break;
            default:
                Assert.Equal(("SUCCESS", ""), (reply.Code, reply.Key));
                Assert.Equal(StateTable.Spare, await Balancer.LocationAsync(meeting));
                Assert.DoesNotContain(Balancer.Node(StateTable.NodeOf(row)).Journal.Ends, e => e.MeetingID == meeting);
                break;
        }
    }

    [Theory]
    [InlineData("enabled", "302")]
    [InlineData("cordoned", "302")]
    [InlineData("suspect", "302")]
    [InlineData("suspect-silent", "302")]
    [InlineData("offline", "serverUnavailable")]
    [InlineData("offline-answers", "serverUnavailable")]
    [InlineData("offline-long", "serverUnavailable")]
    [InlineData("cordoned-offline", "serverUnavailable")]
    [InlineData("disabled", "serverUnavailable")]
    [InlineData("removed", "notFound")]
    [InlineData("panicked", "notFound")]
    public async Task Join(string row, string expected)
    {
        var reply = await Lms.GetAsync("join", $"fullName=A&role=VIEWER&meetingID={StateTable.MeetingOf(row, "join")}");

        if (expected == "302")
        {
            Assert.Equal(302, reply.Status);
            Assert.StartsWith(Balancer.Node(StateTable.NodeOf(row)).Url + "/join?", reply.Location, StringComparison.Ordinal);
        }
        else
        {
            Assert.Equal((200, "FAILED", expected), (reply.Status, reply.Code, reply.Key));
        }
    }

    public static TheoryData<string, string, string> AboutAMeeting()
    {
        var cells = new TheoryData<string, string, string>();
        foreach (var call in new[] { "getMeetingInfo", "end", "insertDocument", "sendChatMessage" })
        {
            foreach (var row in StateTable.Rows.Skip(1))
            {
                cells.Add(call, row, row switch
                {
                    "removed" or "panicked" => call == "sendChatMessage" ? "meetingNotFound" : "notFound",
                    "suspect-silent" or "offline" or "offline-long" or "cordoned-offline" => "internalError",
                    _ => "forwarded",
                });
            }
        }

        return cells;
    }

    [Theory]
    [MemberData(nameof(AboutAMeeting))]
    public async Task A_call_about_a_meeting(string call, string row, string expected)
    {
        var meeting = StateTable.MeetingOf(row, call);
        var node = Balancer.Node(StateTable.NodeOf(row));
        var query = $"meetingID={meeting}{(call == "sendChatMessage" ? "&message=Hello" : "")}";

        var reply = call == "insertDocument"
            ? await Lms.PostAsync(call, query, "<modules><module name=\"presentation\"><document url=\"https://h/a.pdf\"/></module></modules>", "application/xml")
            : await Lms.GetAsync(call, query);

        if (expected == "forwarded")
        {
            Assert.Equal("SUCCESS", reply.Code);
            Assert.Contains(node.Journal.Entries, entry => entry.Call == call && entry.MeetingID == meeting);
        }
        else
        {
            Assert.Equal((200, "FAILED", expected), (reply.Status, reply.Code, reply.Key));
        }

        if (expected == "internalError")
        {
            Assert.Equal(call == "insertDocument" ? "Unable to insert document on server." : "Unable to access meeting on server.", reply.Message);
            Assert.Equal(StateTable.NodeOf(row), await Balancer.LocationAsync(meeting));
        }
    }

    [Theory]
    [InlineData("enabled", "true", true)]
    [InlineData("cordoned", "true", true)]
    [InlineData("suspect", "true", true)]
    [InlineData("suspect-silent", "true", false)]
    [InlineData("offline", "false", false)]
    [InlineData("offline-answers", "false", false)]
    [InlineData("offline-long", "false", false)]
    [InlineData("cordoned-offline", "false", false)]
    [InlineData("disabled", "true", true)]
    [InlineData("removed", "false", false)]
    [InlineData("panicked", "false", false)]
    public async Task IsMeetingRunning(string row, string expected, bool asksNode)
    {
        var meeting = StateTable.MeetingOf(row, "isMeetingRunning");
        var reply = await Lms.GetAsync("isMeetingRunning", $"meetingID={meeting}");

        Assert.Equal(("SUCCESS", expected), (reply.Code, reply["running"]));
        Assert.Equal(asksNode, Balancer.Node(StateTable.NodeOf(row)).Journal.Entries.Any(e => e.Call == "isMeetingRunning" && e.MeetingID == meeting));
    }

    [Theory]
    [InlineData("enabled", "live")]
    [InlineData("cordoned", "live")]
    [InlineData("suspect", "live")]
    [InlineData("suspect-silent", "last poll")]
    [InlineData("offline", "absent")]
    [InlineData("offline-answers", "absent")]
    [InlineData("offline-long", "absent")]
    [InlineData("cordoned-offline", "absent")]
    [InlineData("disabled", "absent")]
    [InlineData("removed", "absent")]
    [InlineData("panicked", "absent")]
    public async Task GetMeetings(string row, string expected)
    {
        var reply = await Lms.GetAsync("getMeetings");

        Assert.Equal("SUCCESS", reply.Code);
        var meeting = reply.Xml.Element("meetings")!.Elements().SingleOrDefault(m => Of(m, "meetingID") == StateTable.MeetingOf(row, "getMeetings"));
        var attendees = meeting?.Element("attendees")?.Elements().Count();
        Assert.Equal(expected, meeting is null ? "absent" : attendees == 1 && meeting.Element("moderatorPW") is not null ? "live" : attendees == 0 ? "last poll" : "odd");
        if (meeting is not null) Assert.Equal(("true", "1"), (Of(meeting, "running"), Of(meeting, "participantCount")));
    }

    private static string? Of(XElement element, string name) => element.Element(name)?.Value;
}
