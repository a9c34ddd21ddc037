using System.Globalization;
using System.Text;
using System.Xml.Linq;
using Xunit;

namespace Scalelite.Simulator.Tests;

public sealed class CreateTests : OneNode
{
    [Fact]
    public async Task A_create_answers_with_all_fields_in_their_order()
    {
        var answer = await Bbb.XmlAsync("create", "meetingID=abc&name=A+B%20%C3%A9%3C%26&attendeePW=ap&moderatorPW=mp&voiceBridge=70757&duration=60");
        Assert.Equal(
            ["returncode", "meetingID", "internalMeetingID", "parentMeetingID", "attendeePW", "moderatorPW", "createTime", "voiceBridge", "dialNumber", "createDate",
                "hasUserJoined", "duration", "hasBeenForciblyEnded", "messageKey", "message"],
            answer.Names());
        Assert.Equal("SUCCESS", answer.Code());
        Assert.Equal("a9993e364706816aba3e25717850c26c9cd0d89d-" + answer.Of("createTime"), answer.Of("internalMeetingID"));
        Assert.Equal("bbb-none", answer.Of("parentMeetingID"));
        Assert.Equal(("ap", "mp", "70757", "60"), (answer.Of("attendeePW"), answer.Of("moderatorPW"), answer.Of("voiceBridge"), answer.Of("duration")));
        Assert.True(DateTime.TryParseExact(answer.Of("createDate"), "ddd MMM dd HH:mm:ss 'UTC' yyyy", CultureInfo.InvariantCulture, DateTimeStyles.None, out _));
        Assert.Equal("A B é<&", Node.Meeting("abc")!.Name);
    }

    [Fact]
    public async Task Passwords_and_voice_bridge_are_drawn_where_none_are_given()
    {
        var answer = await Bbb.XmlAsync("create", "meetingID=abc&name=Room");
        Assert.Matches("^[a-zA-Z0-9]{8}$", answer.Of("attendeePW"));
        Assert.Matches("^[a-zA-Z0-9]{8}$", answer.Of("moderatorPW"));
        Assert.Matches("^[0-9]{5}$", answer.Of("voiceBridge"));
    }

    [Theory]
    [InlineData("", "", true)]
    [InlineData("&attendeePW=ap&moderatorPW=mp", "&attendeePW=ap&moderatorPW=mp", true)]
    [InlineData("&attendeePW=ap&moderatorPW=mp", "", true)]
    [InlineData("&attendeePW=ap&moderatorPW=mp", "&attendeePW=ap&moderatorPW=other", false)]
    [InlineData("&attendeePW=ap&moderatorPW=mp", "&attendeePW=ap", false)]
    public async Task A_second_create_gets_the_live_meeting_if_its_passwords_are_the_same_or_absent(string first, string second, bool same)
    {
        var one = await Bbb.XmlAsync("create", "meetingID=abc&name=Room" + first);
        var two = await Bbb.XmlAsync("create", "meetingID=abc&name=Other" + second);
        if (same)
        {
            Assert.Equal(("SUCCESS", "duplicateWarning"), (two.Code(), two.Key()));
            Assert.Equal("This conference was already in existence and may currently be in progress.", two.Of("message"));
            Assert.Equal(one.Of("internalMeetingID"), two.Of("internalMeetingID"));
            Assert.Equal(one.Of("moderatorPW"), two.Of("moderatorPW"));
        }
        else
        {
            Assert.Equal(("FAILED", "idNotUnique"), (two.Code(), two.Key()));
            Assert.Equal("A meeting already exists with that meeting ID.  Please use a different meeting ID.", two.Of("message"));
        }

        Assert.Equal("Room", Node.Meeting("abc")!.Name);
    }

    [Fact]
    public async Task An_ended_meeting_is_created_anew_with_another_internal_id()
    {
        var ids = new HashSet<string>();
        for (var i = 0; i < 20; i++)
        {
            ids.Add((await Bbb.XmlAsync("create", "meetingID=abc&name=Room")).Of("internalMeetingID"));
            Assert.Equal("SUCCESS", (await Bbb.XmlAsync("end", "meetingID=abc")).Code());
        }

        Assert.Equal(20, ids.Count);
        Assert.Equal(20, Node.Journal.Ends.Count);
        Assert.Equal(20, Node.Ended.Count);
    }

    [Theory]
    [InlineData("name=Room", "validationError", "Invalid meeting ID")]
    [InlineData("meetingID=%20a&name=Room", "validationError", "Invalid meeting ID")]
    [InlineData("meetingID=a%07b&name=Room", "validationError", "Invalid meeting ID")]
    [InlineData("meetingID=a,b&name=Room", "validationError", "Meeting ID cannot contain ','")]
    [InlineData("meetingID=&name=Room", "sizeError", "Meeting ID must be between 2 and 256 characters")]
    [InlineData("meetingID=a&name=Room", "sizeError", "Meeting ID must be between 2 and 256 characters")]
    [InlineData("meetingID=abc", "nullError", "You must provide a meeting name")]
    [InlineData("meetingID=abc&name=", "emptyError", "You must provide a meeting name")]
    [InlineData("meetingID=abc&name=R", "sizeError", "Meeting name must be between 2 and 256 characters")]
    [InlineData("meetingID=abc&name=Room&moderatorPW=m", "invalidPassword", "Invalid password")]
    [InlineData("meetingID=abc&name=Room&voiceBridge=7x", "validationError", "Voice bridge must be an integral value")]
    [InlineData("meetingID=abc&name=Room&record=yes", "validationError", "Record must be a boolean value (true or false)")]
    [InlineData("meetingID=abc&name=Room&duration=x", "validationError", "Value must be an integral number")]
    [InlineData("meetingID=abc&name=Room&isBreakout=true", "parentMeetingIDMissing", "No parent meeting ID was provided for the breakout room")]
    [InlineData("meetingID=abc&name=Room&isBreakout=true&parentMeetingID=no", "parentMeetingDoesNotExist", "No parent meeting exists for the breakout room")]
    public async Task What_BBB_refuses_is_refused_in_its_words(string query, string key, string message)
    {
        var answer = await Bbb.XmlAsync("create", query);
        Assert.Equal(("FAILED", key, message), (answer.Code(), answer.Key(), answer.Of("message")));
        Assert.Empty(Node.Meetings);
    }

    [Fact]
    public async Task A_voice_bridge_in_use_is_refused_in_the_envelope_without_a_key()
    {
        await Bbb.XmlAsync("create", "meetingID=abc&name=Room&voiceBridge=70757");
        var answer = await Bbb.XmlAsync("create", "meetingID=other&name=Room&voiceBridge=70757");
        Assert.Equal(
            "<response><returncode>FAILED</returncode><errors><error><key>nonUniqueVoiceBridge</key><message>The selected voice bridge is already in use.</message></error></errors></response>",
            answer.ToString(SaveOptions.DisableFormatting));
    }

    [Fact]
    public async Task Metadata_names_are_lower_cased_and_wrong_ones_dropped()
    {
        await Bbb.XmlAsync("create", "meetingID=abc&name=Room&meta_bbb-Origin=Moodle&meta_a_b=no&meta_1=no&meta_Context=x%3Cy&meta_context=second");
        Assert.Equal(
            new Dictionary<string, string> { ["bbb-origin"] = "Moodle", ["context"] = "x<y" },
            Node.Meeting("abc")!.Metadata);
    }

    [Fact]
    public async Task An_XML_body_of_many_megabytes_is_read_and_counted()
    {
        var xml = "<?xml version=\"1.0\"?><modules><module name=\"presentation\"><document name=\"a.pdf\">"
            + new string('A', 20_000_000) + "</document><document url=\"http://127.0.0.1/b.pdf\"/></module></modules>";
        var answer = await Bbb.PostAsync("create", "meetingID=abc&name=Room", Encoding.UTF8.GetBytes(xml), "application/xml; charset=utf-8");
        Assert.Equal("SUCCESS", answer.Code());
        var meeting = Node.Meeting("abc")!;
        Assert.Equal((2, (long)xml.Length), (meeting.Documents, meeting.DocumentBytes));
    }

    [Fact]
    public async Task A_form_counts_beside_the_query_and_may_hold_the_checksum()
    {
        var answer = await Bbb.PostAsync("create", "meetingID=abc", "name=From+the+form&meetingID=other"u8.ToArray(), "application/x-www-form-urlencoded");
        Assert.Equal(("SUCCESS", "abc"), (answer.Code(), answer.Of("meetingID")));
        Assert.Equal("From the form", Node.Meeting("abc")!.Name);

        var checksum = Bbb.Sign("create", "")[^64..];
        answer = await BbbCaller.PostToAsync($"{Node.Url}/create", $"meetingID=def&name=Room&checksum={checksum}");
        Assert.Equal(("SUCCESS", "def"), (answer.Code(), answer.Of("meetingID")));
    }

    [Fact]
    public async Task A_body_of_another_type_is_refused_after_the_checksum_but_an_empty_one_is_not()
    {
        var answer = await Bbb.PostAsync("create", "meetingID=abc&name=Room", "{}"u8.ToArray(), "application/json");
        Assert.Equal(("unsupportedContentType", "POST request Content-Type is missing or unsupported"), (answer.Key(), answer.Of("message")));
        Assert.Equal("SUCCESS", (await Bbb.PostAsync("create", "meetingID=abc&name=Room", [], "application/json")).Code());
    }

    [Fact]
    public async Task A_breakout_room_names_its_parent_and_ends_with_it()
    {
        var parent = await Bbb.XmlAsync("create", "meetingID=abc&name=Room");
        var room = await Bbb.XmlAsync("create", "meetingID=abc-1&name=Room+1&isBreakout=true&parentMeetingID=abc&sequence=1&freeJoin=true");
        Assert.Equal(parent.Of("internalMeetingID"), room.Of("parentMeetingID"));
        Node.StartBreakout("abc", 2);

        var info = await Bbb.XmlAsync("getMeetingInfo", "meetingID=abc-1");
        Assert.Equal(("true", "1", "true"), (info.Of("isBreakout"), info.Of("sequence"), info.Of("freeJoin")));
        Assert.Equal(2, (await Bbb.XmlAsync("getMeetingInfo", "meetingID=abc")).Element("breakoutRooms")!.Elements("breakout").Count());

        await Bbb.XmlAsync("end", "meetingID=abc");
        Assert.Empty(Node.Meetings);
    }
}
