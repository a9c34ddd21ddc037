using Scalelite.Simulator.Faults;

namespace Scalelite.Faults.Creates;

/// <summary>Creates that come again, fail, or take long.</summary>
public sealed class RepeatedCreateTests : IAsyncLifetime
{
    private Pool pool = null!;

    public async Task InitializeAsync() => pool = await Pool.StartAsync(new PoolPlan { Nodes = 2, Instances = 1 });

    public async Task DisposeAsync() => await pool.DisposeAsync();

    [Fact]
    public async Task A_create_that_comes_again_without_passwords_succeeds_with_a_warning()
    {
        var first = (await pool.Lms.CreateAsync("twice")).ShouldSucceed();
        var second = (await pool.Lms.CreateAsync("twice")).ShouldSucceed();

        Assert.Equal("duplicateWarning", second.Key());
        foreach (var same in (string[])["internalMeetingID", "createTime", "moderatorPW", "attendeePW", "voiceBridge"])
        {
            Assert.Equal(first.Of(same), second.Of(same));
        }
    }

    [Fact]
    public async Task A_create_that_the_node_refuses_leaves_no_location_and_no_load()
    {
        foreach (var node in pool.Simulated.Nodes) node.Faults.Add(Fault.Failed("invalidMeeting", "No such thing.").On("create"));

        var answer = await pool.Lms.CreateAsync("refused");

        Assert.Equal("invalidMeeting", answer.Key());
        await NothingIsLeftAsync("refused");
    }

    [Fact]
    public async Task A_create_that_no_node_takes_leaves_no_location_and_no_load()
    {
        foreach (var node in pool.Simulated.Nodes) node.Faults.Add(Fault.Reset().On("create"));

        Assert.False((await pool.Lms.CreateAsync("taken-by-none")).Succeeded());

        await NothingIsLeftAsync("taken-by-none");
    }

    private async Task NothingIsLeftAsync(string meetingId)
    {
        Assert.Null(await pool.LocationAsync(meetingId));
        Assert.Equal("notFound", (await pool.Lms.JoinAsync(meetingId)).Error!.Key());
        Assert.All(await pool.ServersAsync(), server => Assert.Equal(0, server.Load.Users()));
    }
}
