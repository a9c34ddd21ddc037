using Scalelite.Simulator.Faults;
using Xunit;

namespace Scalelite.Api.Tests.Calls;

/// <summary>end: a location goes when the node says so, and only then.</summary>
public sealed class EndTests(SharedBalancer shared) : IClassFixture<SharedBalancer>
{
    private Balancer Balancer => shared.Balancer;

    private Lms Lms => Balancer.Lms;

    [Fact]
    public async Task A_meeting_that_was_ended_is_placed_anew()
    {
        var id = SharedBalancer.NewId();
        var first = await Balancer.CreateAsync(id);

        var end = await Lms.GetAsync("end", $"meetingID={id}&password=any");

        Assert.Equal(("SUCCESS", "sentEndMeetingRequest"), (end.Code, end.Key));
        Assert.Null(await Balancer.LocationAsync(id));
        Assert.Equal("notFound", (await Lms.GetAsync("getMeetingInfo", $"meetingID={id}")).Key);
        Assert.Equal("notFound", (await Lms.GetAsync("end", $"meetingID={id}")).Key);
        var again = await Balancer.CreateAsync(id);
        Assert.Equal("", again.Key);
        Assert.NotEqual(first["internalMeetingID"], again["internalMeetingID"]);
        Assert.Equal(2, await Balancer.Database.ScalarAsync<long>("select count(*) from meeting_instance where meeting_id = $1", id));
    }

    [Fact]
    public async Task A_meeting_that_its_node_does_not_have_is_over()
    {
        var id = SharedBalancer.NewId();
        await Balancer.CreateAsync(id);
        Balancer.Node((await Balancer.LocationAsync(id))!).EndMeeting(id);

        var end = await Lms.GetAsync("end", $"meetingID={id}");

        Assert.Equal("notFound", end.Key);
        Assert.Null(await Balancer.LocationAsync(id));
        Assert.Equal("", (await Balancer.CreateAsync(id)).Key);
    }

    [Theory]
    [InlineData(FaultKind.Hang)]
    [InlineData(FaultKind.HtmlError)]
    [InlineData(FaultKind.DropAnswer)]
    [InlineData(FaultKind.ChecksumError)]
    public async Task An_end_without_an_answer_orphans_nothing(FaultKind kind)
    {
        await using var balancer = await Balancer.StartAsync(1);
        await balancer.CreateAsync("room-1");
        balancer.Node("node-1").Faults.Add(new Fault(kind).On("end"));

        var end = await balancer.Lms.GetAsync("end", "meetingID=room-1");

        Assert.Equal(("internalError", "Unable to access meeting on server."), (end.Key, end.Message));
        Assert.Equal("node-1", await balancer.LocationAsync("room-1"));
    }

    [Fact]
    public async Task A_wrong_password_orphans_nothing()
    {
        await using var balancer = await Balancer.StartAsync(1, version: "2.4.9");
        await balancer.CreateAsync("room-1", "&moderatorPW=right&attendeePW=other");

        var wrong = await balancer.Lms.GetAsync("end", "meetingID=room-1&password=wrong");

        Assert.Equal("FAILED", wrong.Code);
        Assert.Equal("node-1", await balancer.LocationAsync("room-1"));
        Assert.Equal("SUCCESS", (await balancer.Lms.GetAsync("end", "meetingID=room-1&password=right")).Code);
        Assert.Null(await balancer.LocationAsync("room-1"));
    }

    [Fact]
    public async Task By_post_it_is_the_same()
    {
        var id = SharedBalancer.NewId();
        await Balancer.CreateAsync(id);

        var end = await Lms.PostAsync("end", $"meetingID={id}", "password=x", "application/x-www-form-urlencoded");

        Assert.Equal("SUCCESS", end.Code);
        Assert.Null(await Balancer.LocationAsync(id));
    }
}
