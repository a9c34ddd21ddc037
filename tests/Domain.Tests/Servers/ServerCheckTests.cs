using Scalelite.Domain.Servers;
using Xunit;

namespace Scalelite.Domain.Tests.Servers;

public class ServerCheckTests
{
    [Theory]
    [InlineData("3.0.19", CheckVerdict.Fine)]
    [InlineData("2.7.8-beta.1", CheckVerdict.Fine)]
    [InlineData("2.6.18", CheckVerdict.Doubtful)]
    [InlineData("2.4", CheckVerdict.Doubtful)]
    [InlineData("next", CheckVerdict.Fine)]
    [InlineData(null, CheckVerdict.Doubtful)]
    public void An_old_version_is_doubtful_and_no_failure(string? version, CheckVerdict verdict) =>
        Assert.Equal(verdict, ServerCheck.OfVersion(version).Verdict);

    [Theory]
    [InlineData(0, CheckVerdict.Fine)]
    [InlineData(-29, CheckVerdict.Fine)]
    [InlineData(31, CheckVerdict.Failed)]
    [InlineData(-3600, CheckVerdict.Failed)]
    public void A_clock_may_be_half_a_minute_off(int seconds, CheckVerdict verdict) =>
        Assert.Equal(verdict, ServerCheck.OfClock(TimeSpan.FromSeconds(seconds)).Verdict);

    [Theory]
    [InlineData(40, CheckVerdict.Fine)]
    [InlineData(1500, CheckVerdict.Doubtful)]
    public void A_slow_node_is_doubtful(int milliseconds, CheckVerdict verdict) =>
        Assert.Equal(verdict, ServerCheck.OfLatency(TimeSpan.FromMilliseconds(milliseconds)).Verdict);

    [Fact]
    public void A_drained_server_without_meetings_and_archives_can_go() =>
        Assert.Empty(Removability.WaitsFor(AdministrativeState.Disabled, 0, []));

    [Fact]
    public void What_a_server_holds_is_named() => Assert.Equal(
        ["it takes meetings: cordon it", "2 meetings on it", "the archives of a, b"], Removability.WaitsFor(AdministrativeState.Enabled, 2, ["a", "b"]));
}
