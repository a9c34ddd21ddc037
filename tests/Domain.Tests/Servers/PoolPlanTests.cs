using Scalelite.Domain.Servers;
using Xunit;

namespace Scalelite.Domain.Tests.Servers;

public class PoolPlanTests
{
    private static readonly WantedServer Wanted = new("a", "https://a/bigbluebutton/api", "f1", true, 1, null);
    private static readonly PresentServer Present = new("a", "https://a/bigbluebutton/api", "f1", AdministrativeState.Enabled, 1, null, 0);

    [Fact]
    public void A_pool_that_is_as_the_file_says_needs_nothing() => Assert.Empty(PoolPlan.Of([Wanted], [Present], LeftOut.Force));

    [Fact]
    public void A_server_that_is_not_there_is_added_and_enabled() =>
        Assert.Equal([new PoolStep.Add(Wanted), new PoolStep.Enable("a")], PoolPlan.Of([Wanted], [], LeftOut.Cordon));

    [Fact]
    public void A_server_that_is_not_enabled_in_the_file_is_added_disabled() =>
        Assert.Equal([new PoolStep.Add(Wanted with { Enabled = false })], PoolPlan.Of([Wanted with { Enabled = false }], [], LeftOut.Cordon));

    [Fact]
    public void What_differs_is_changed_and_nothing_else() => Assert.Equal(
        [new PoolStep.Change("a", null, true, 2.5m, "")],
        PoolPlan.Of([Wanted with { SecretFingerprint = "f2", LoadMultiplier = 2.5m }], [Present with { Tag = "big" }], LeftOut.Cordon));

    [Fact]
    public void A_URL_that_differs_is_changed() => Assert.Equal(
        [new PoolStep.Change("a", "https://b/bigbluebutton/api", false, null, null)],
        PoolPlan.Of([Wanted with { Url = "https://b/bigbluebutton/api" }], [Present], LeftOut.Cordon));

    [Theory]
    [InlineData(true, AdministrativeState.Disabled, typeof(PoolStep.Enable))]
    [InlineData(true, AdministrativeState.Cordoned, typeof(PoolStep.Enable))]
    [InlineData(true, AdministrativeState.Enabled, null)]
    [InlineData(false, AdministrativeState.Enabled, typeof(PoolStep.Cordon))]
    [InlineData(false, AdministrativeState.Cordoned, null)]
    [InlineData(false, AdministrativeState.Disabled, null)]
    public void The_state_follows_the_file(bool enabled, AdministrativeState state, Type? step)
    {
        var steps = PoolPlan.Of([Wanted with { Enabled = enabled }], [Present with { State = state }], LeftOut.Cordon);

        Assert.Equal(step is null ? [] : [step], steps.Select(s => s.GetType()));
    }

    public static TheoryData<LeftOut, AdministrativeState, int, PoolStep?> LeftOutServers => new()
    {
        { LeftOut.Keep, AdministrativeState.Enabled, 0, null },
        { LeftOut.Keep, AdministrativeState.Enabled, 3, null },
        { LeftOut.Cordon, AdministrativeState.Enabled, 0, new PoolStep.Remove("a", 0) },
        { LeftOut.Cordon, AdministrativeState.Enabled, 3, new PoolStep.Cordon("a", ForRemoval: true) },
        { LeftOut.Cordon, AdministrativeState.Cordoned, 3, null },
        { LeftOut.Cordon, AdministrativeState.Disabled, 3, null },
        { LeftOut.Force, AdministrativeState.Enabled, 0, new PoolStep.Remove("a", 0) },
        { LeftOut.Force, AdministrativeState.Cordoned, 3, new PoolStep.Remove("a", 3) },
    };

    [Theory]
    [MemberData(nameof(LeftOutServers))]
    public void What_the_file_leaves_out_goes_by_the_mode(LeftOut mode, AdministrativeState state, int meetings, PoolStep? step) =>
        Assert.Equal(step is null ? [] : [step], PoolPlan.Of([], [Present with { State = state, Meetings = meetings }], mode));
}
