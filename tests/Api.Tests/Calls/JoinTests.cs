using System.Xml.Linq;
using Scalelite.BigBlueButton.Checksums;
using Scalelite.Workers.Configuration;
using Xunit;

namespace Scalelite.Api.Tests.Calls;

/// <summary>join: people get into the meeting, on the node that has it.</summary>
public sealed class JoinTests(JoinTests.WithSettings shared) : IClassFixture<JoinTests.WithSettings>
{
    private Balancer Balancer => shared.Balancer;

    private Lms Lms => Balancer.Lms;

    [Fact]
    public async Task A_user_is_sent_to_the_node_and_let_in()
    {
        var id = SharedBalancer.NewId();
        await Balancer.CreateAsync(id);

        var reply = await Lms.GetAsync("join", $"fullName=Zo%C3%AB+A%26B%3D%5B1%5D&meetingID={id}&role=MODERATOR&userdata-a=1=2&avatarURL=https://a");

        Assert.Equal((302, 0, "no-cache"), (reply.Status, reply.Bytes.Length, reply.Headers.NonValidated["Cache-Control"].ToString()));
        var query = RawQuery.OfTarget(reply.Location);
        Assert.Equal(("Zoë A&B=[1]", "1=2", "true"), (query["fullName"], query["userdata-a"], query["userdata-bbb_auto_join_audio"]));
        Assert.Null(query["avatarURL"]);
        Assert.Equal("always", query["userdata-forced"]);

        var entered = await Lms.GetUrlAsync(reply.Location);
        Assert.Contains("/html5client/", entered.Location, StringComparison.Ordinal);
        var node = Balancer.Node((await Balancer.LocationAsync(id))!);
        Assert.Equal((1, 1), (node.Meeting(id)!.Users, node.Meeting(id)!.Moderators));
        Assert.Equal(0, node.Journal.ChecksumErrors);
    }

    [Fact]
    public async Task Without_a_redirect_the_node_answers_itself()
    {
        var id = SharedBalancer.NewId();
        await Balancer.CreateAsync(id);

        var reply = await Lms.GetAsync("join", $"fullName=A&meetingID={id}&role=VIEWER&redirect=false");
        var entered = XElement.Parse((await Lms.GetUrlAsync(reply.Location)).Text);

        Assert.Equal(302, reply.Status);
        Assert.Equal("successfullyJoined", entered.Element("messageKey")!.Value);
    }

    [Fact]
    public async Task Joins_are_written_within_two_seconds_and_not_before_the_answer()
    {
        var id = SharedBalancer.NewId();
        await Balancer.CreateAsync(id);
        for (var i = 0; i < 3; i++) await Lms.GetAsync("join", $"fullName=A&meetingID={id}&role=VIEWER");

        await Scalelite.Testing.Eventually.HoldsAsync(
            "three joins are counted",
            async () => await Balancer.Database.ScalarAsync<long>(
                "select joins from meeting_joins j join meeting_location m using (instance) where m.meeting_id = $1", id) == 3,
            seconds: 5);
    }

    [Fact]
    public async Task A_join_writes_nothing_on_its_way()
    {
        var id = SharedBalancer.NewId();
        await Balancer.CreateAsync(id);
        var before = await EventsAsync();

        var reply = await Lms.GetAsync("join", $"fullName=Nobody+To+Be+Found&meetingID={id}&role=VIEWER");

        Assert.Equal(302, reply.Status);
        Assert.Equal(before, await EventsAsync());
        Assert.Equal(0, await Balancer.Database.ScalarAsync<long>("select count(*) from mt_events where data::text like '%Nobody To Be Found%'"));

        Task<long> EventsAsync() => Balancer.Database.ScalarAsync<long>("select count(*) from mt_events where type <> 'joins_routed'");
    }

    [Fact]
    public async Task A_link_of_the_copy_that_the_meeting_left_leads_to_the_one_where_it_is()
    {
        await using var balancer = await Balancer.StartAsync(2);
        var left = await balancer.CreateAsync("room-1");
        var from = (await balancer.LocationAsync("room-1"))!;
        balancer.Node(from).Refuse();
        await balancer.OfflineAsync(from, since: TimeSpan.FromMinutes(2));
        await Task.Delay(TimeSpan.FromSeconds(1.1));
        var moved = await balancer.CreateAsync("room-1");
        var to = (await balancer.LocationAsync("room-1"))!;
        Assert.NotEqual(from, to);
        Assert.NotEqual(left["createTime"], moved["createTime"]);

        var old = await balancer.Lms.GetAsync("join", $"fullName=A&role=VIEWER&meetingID=room-1&createTime={left["createTime"]}");
        var wrong = await balancer.Lms.GetAsync("join", "fullName=A&role=VIEWER&meetingID=room-1&createTime=12345");

        Assert.Contains("/html5client/", (await balancer.Lms.GetUrlAsync(old.Location)).Location, StringComparison.Ordinal);
        Assert.Contains("mismatchCreateTimeParam", (await balancer.Lms.GetUrlAsync(wrong.Location)).Location, StringComparison.Ordinal);
        Assert.Equal(1, balancer.Node(to).Meeting("room-1")!.Users);
    }

    [Fact]
    public async Task An_unknown_meeting_is_told_as_xml()
    {
        var reply = await Lms.GetAsync("join", "fullName=A&role=VIEWER&meetingID=nowhere");

        Assert.Equal((200, "FAILED", "notFound"), (reply.Status, reply.Code, reply.Key));
    }

    public sealed class WithSettings : SharedBalancer
    {
        private protected override Settings Change(Settings settings) => settings with
        {
            Parameters = new ParameterSettings
            {
                DefaultJoin = [new("userdata-bbb_auto_join_audio", "true")],
                OverrideJoin = [new("userdata-forced", "always")],
                JoinExclude = ["avatarURL"],
            },
        };
    }
}
