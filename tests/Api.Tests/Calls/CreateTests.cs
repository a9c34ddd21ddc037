using System.Text;
using Scalelite.Workers.Configuration;
using Xunit;
using ParameterSettings = Scalelite.Workers.Configuration.ParameterSettings;

namespace Scalelite.Api.Tests.Calls;

/// <summary>create as clients see it, and what its node gets.</summary>
public sealed class CreateTests(CreateTests.OneRecordingNode shared) : IClassFixture<CreateTests.OneRecordingNode>
{
    private Lms Lms => shared.Balancer.Lms;

    private RecordingNode Node => shared.Node;

    [Fact]
    public async Task The_caller_gets_the_node_s_answer_byte_by_byte()
    {
        var id = SharedBalancer.NewId();
        var reply = await Lms.GetAsync("create", $"name=Room&meetingID={id}");

        var told = Told.Created(Node.Calls.Single(c => c["meetingID"] == id));
        Assert.Equal(told.Body, reply.Bytes);
        Assert.Equal(told.ContentType, reply.ContentHeaders.NonValidated["Content-Type"].ToString());
        Assert.Equal("no-cache", reply.Headers.NonValidated["Cache-Control"].ToString());
    }

    [Fact]
    public async Task Parameters_arrive_with_what_the_settings_say()
    {
        var id = SharedBalancer.NewId();
        await Lms.GetAsync(
            "create",
            $"name=A%2BB+C%20%C3%A9%5B1%5D%3D%26&meetingID={id}&record=true&duration=600&maxParticipants=5&guestPolicy=ASK_MODERATOR&welcome=&unknown%5B%5D=1=2"
            + "&attendeePW=first&attendeePW=second&meta_default=mine&meta_Course-Name=%E6%95%B0%E5%AD%A6");

        var got = Node.Calls.Single(c => c["meetingID"] == id);
        Assert.True(got.IsSigned);
        Assert.Equal(("GET", "create", 0L), (got.Method, got.Call, got.Length));
        Assert.Equal("A+B C é[1]=&", got["name"]);
        Assert.Equal("1=2", got["unknown[]"]);
        Assert.Equal(("true", "mine", ""), (got["record"], got["meta_default"], got["welcome"]));
        Assert.Equal("数学", got["meta_course-name"]);
        Assert.Equal("first", Assert.Single(got.Query.Parameters, p => p.Name == "attendeePW").Value);
        Assert.Equal("ALWAYS_ACCEPT", got["guestPolicy"]);
        Assert.Equal("true, really", got["webcamsOnlyForModerator"]);
        Assert.Equal("120", got["duration"]);
        Assert.Null(got["maxParticipants"]);
        Assert.Null(got["moderatorPW"]);
    }

    [Theory]
    [InlineData("", "120")]
    [InlineData("&duration=0", "120")]
    [InlineData("&duration=none", "120")]
    [InlineData("&duration=60", "60")]
    public async Task No_meeting_lasts_longer_than_the_longest(string duration, string expected)
    {
        var id = SharedBalancer.NewId();
        await Lms.GetAsync("create", $"name=Room&meetingID={id}{duration}");

        Assert.Equal(expected, Node.Calls.Single(c => c["meetingID"] == id)["duration"]);
    }

    [Theory]
    [InlineData("abc", "715622307")]
    [InlineData("test-meeting-1", "394201124")]
    [InlineData("room-42", "250615932")]
    public async Task The_number_is_Scalelite_s_at_the_first_create_and_at_every_other(string id, string number)
    {
        await Lms.GetAsync("create", $"name=Room&meetingID={id}&voiceBridge=77777");
        await shared.Balancer.IsLiveAsync(id);
        await Lms.GetAsync("create", $"name=Room&meetingID={id}");

        Assert.Equal([number, number], Node.Calls.Where(c => c["meetingID"] == id).Select(c => c["voiceBridge"]));
    }

    [Theory]
    [InlineData("application/xml", "<modules><module name=\"presentation\"><document url=\"http://h/a?b&c\"/></module></modules>", false)]
    [InlineData("text/xml; charset=utf-8", "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\r\n<modules/>", false)]
    [InlineData("application/xml", "\uFEFF<?xml version='1.0'?><modules/>", false)]
    [InlineData("application/xml;charset=UTF-8", "<?xml version='1.0'?><modules><!-- chunked --></modules>", true)]
    public async Task A_body_arrives_as_it_was_sent_and_its_words_mean_nothing(string contentType, string body, bool chunked)
    {
        var id = SharedBalancer.NewId();
        var bytes = Encoding.UTF8.GetBytes(body);

        var reply = await Lms.PostAsync("create", $"name=Room&meetingID={id}", bytes, contentType, chunked);

        Assert.Equal("SUCCESS", reply.Code);
        var got = Node.Calls.Single(c => c["meetingID"] == id);
        Assert.Equal(("POST", contentType, chunked ? null : bytes.Length), (got.Method, got.ContentType, got.ContentLength));
        Assert.Equal(bytes, got.Start);
    }

    [Theory]
    [InlineData("", "validationError", "Invalid meeting ID")]
    [InlineData("meetingID=", "sizeError", "Meeting ID must be between 2 and 256 characters")]
    [InlineData("meetingID=a", "sizeError", "Meeting ID must be between 2 and 256 characters")]
    [InlineData("meetingID=a,b", "validationError", "Meeting ID cannot contain ','")]
    [InlineData("meetingID=%20ab", "validationError", "Invalid meeting ID")]
    [InlineData("meetingID=ab%20", "validationError", "Invalid meeting ID")]
    [InlineData("meetingID=a%0Ab", "validationError", "Invalid meeting ID")]
    public async Task Ids_that_no_node_takes_are_refused(string query, string key, string message)
    {
        var reply = await Lms.GetAsync("create", $"name=Room&{query}");

        Assert.Equal((200, "FAILED", key, message), (reply.Status, reply.Code, reply.Key, reply.Message));
    }

    [Fact]
    public async Task Ids_of_Moodle_and_of_256_characters_are_taken()
    {
        foreach (var id in new[] { "4a8c-12-7%5B3%5D", new string('x', 256) })
            Assert.Equal("SUCCESS", (await Lms.GetAsync("create", $"name=Room&meetingID={id}")).Code);
        Assert.Equal("sizeError", (await Lms.GetAsync("create", $"name=Room&meetingID={new string('x', 257)}")).Key);
    }

    [Fact]
    public async Task What_PostgreSQL_cannot_hold_does_not_stop_a_create()
    {
        var id = SharedBalancer.NewId();

        Assert.Equal("SUCCESS", (await Lms.GetAsync("create", $"name=a%00b&meetingID={id}&meta_x=%00")).Code);
        Assert.Equal("a\0b", Node.Calls.Single(c => c["meetingID"] == id)["name"]);
    }

    public sealed class OneRecordingNode : IAsyncLifetime
    {
        internal Balancer Balancer { get; private set; } = null!;

        internal RecordingNode Node { get; private set; } = null!;

        public async Task InitializeAsync()
        {
            Node = await RecordingNode.StartAsync();
            Balancer = await Balancer.StartAsync(0, settings => settings with
            {
                Parameters = new ParameterSettings
                {
                    DefaultCreate = [new("webcamsOnlyForModerator", "true, really"), new("meta_default", "default"), new("welcome", "Hello"), new("meta_tenant-id", "evil")],
                    OverrideCreate = [new("guestPolicy", "ALWAYS_ACCEPT")],
                    CreateExclude = ["maxParticipants"],
                },
                Meetings = new MeetingSettings { MaximumDuration = TimeSpan.FromHours(2) },
            });
            await Balancer.RegisterAsync("recording", Node.Url, RecordingNode.Secret);
        }

        public async Task DisposeAsync()
        {
            await Balancer.DisposeAsync();
            await Node.DisposeAsync();
        }
    }
}
