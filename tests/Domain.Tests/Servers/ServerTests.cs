using Scalelite.Domain.Servers;
using Xunit;

namespace Scalelite.Domain.Tests.Servers;

public sealed class ServerTests
{
    private static readonly DateTimeOffset At = new(2026, 3, 2, 8, 0, 0, TimeSpan.Zero);
    private static readonly Server New = Server.Create(new ServerRegistered("n1", "https://n1/bigbluebutton/api", "f1", 1m, null, At));
    private static readonly Server Online = New.Apply(new ServerEnabled("n1", At)).Apply(new ServerCameOnline("n1", At));

    [Fact]
    public void A_server_is_registered_disabled_and_offline_with_its_url_trimmed()
    {
        var decision = Server.Register("n1", " https://n1/bigbluebutton/api/ ", "f1", 1.5m, " ", At);
        var registered = Assert.IsType<ServerRegistered>(Assert.Single(decision.Events));
        Assert.Equal(new ServerRegistered("n1", "https://n1/bigbluebutton/api", "f1", 1.5m, null, At), registered);
        Assert.Equal((AdministrativeState.Disabled, Health.Offline), (Server.Create(registered).State, Server.Create(registered).Health));
    }

    [Theory]
    [InlineData("n1", "ftp://n1/api", 1, null)]
    [InlineData("n1", "n1/api", 1, null)]
    [InlineData("n1", "https://n1/api?x=1", 1, null)]
    [InlineData("n1", "https://u:p@n1/api", 1, null)]
    [InlineData("n 1", "https://n1/api", 1, null)]
    [InlineData("", "https://n1/api", 1, null)]
    [InlineData("n1", "https://n1/api", 0, null)]
    [InlineData("n1", "https://n1/api", -1, null)]
    [InlineData("n1", "https://n1/api", 1_000_001, null)]
    [InlineData("n1", "https://n1/a\0b", 1, null)]
    [InlineData("n1", "https://n1/api", 1, "none")]
    [InlineData("n1", "https://n1/api", 1, "a;b")]
    public void A_wrong_registration_is_refused(string id, string url, int multiplier, string? tag)
    {
        var decision = Server.Register(id, url, "f1", multiplier, tag, At);
        Assert.NotNull(decision.Refusal);
        Assert.Empty(decision.Events);
    }

    [Fact]
    public void What_is_so_already_changes_nothing()
    {
        Assert.Empty(Online.Enable(At).Events);
        Assert.Empty(New.Disable(At).Events);
        Assert.Empty(New.Apply(new ServerCordoned("n1", At)).Cordon(At).Events);
        Assert.Empty(Online.ChangeTag("", At).Events);
        Assert.Empty(Online.ChangeMultiplier(1.0m, At).Events);
        Assert.Empty(Online.RotateSecret("f1", At).Events);
        Assert.Empty(Online.ComeOnline(At).Events);
        Assert.Empty(New.GoOffline("x", At).Events);
        Assert.Empty(New.Panic(false, 0, At).Events);
        Assert.Empty(Online.Apply(new ServerVersionSeen("n1", "3.0", At)).SeeVersion("3.0", At).Events);
    }

    [Fact]
    public void Only_a_server_that_was_online_becomes_suspect()
    {
        Assert.Equal([new ServerSuspected("n1", "no answer", At)], Online.Suspect("no answer", At).Events);
        Assert.Empty(New.Suspect("no answer", At).Events);
        Assert.Empty(Online.Apply(new ServerSuspected("n1", "x", At)).Suspect("no answer", At).Events);
    }

    [Fact]
    public void Only_a_cordoned_server_is_drained()
    {
        var cordoned = Online.Apply(new ServerCordoned("n1", At));
        Assert.Equal([new ServerDrained("n1", At)], cordoned.Drain(At).Events);
        Assert.Equal(AdministrativeState.Disabled, cordoned.Apply(new ServerDrained("n1", At)).State);
        Assert.Empty(Online.Drain(At).Events);
    }

    [Fact]
    public void A_panic_disables_the_server_unless_its_state_is_kept()
    {
        Assert.Equal(AdministrativeState.Disabled, Online.Apply(new ServerPanicked("n1", false, 3, At)).State);
        Assert.Equal(AdministrativeState.Enabled, Online.Apply(new ServerPanicked("n1", true, 3, At)).State);
        Assert.Single(Online.Panic(false, 0, At).Events);
        Assert.Single(Online.Panic(true, 3, At).Events);
        Assert.Empty(Online.Panic(true, 0, At).Events);
    }

    [Fact]
    public void A_server_with_meetings_is_removed_only_by_force()
    {
        Assert.Equal("Server n1 has 2 meetings", Online.Remove(2, force: false, At).Refusal);
        Assert.Equal([new ServerRemoved("n1", At)], Online.Remove(2, force: true, At).Events);
        Assert.Equal([new ServerRemoved("n1", At)], Online.Remove(0, force: false, At).Events);
    }

    [Fact]
    public void A_removed_server_takes_no_command_and_no_news()
    {
        var removed = Online.Apply(new ServerRemoved("n1", At));
        Assert.NotNull(removed.Enable(At).Refusal);
        Assert.NotNull(removed.ChangeTag("a", At).Refusal);
        Assert.Equal(Decision.Nothing, removed.Suspect("x", At));
        Assert.Equal(Decision.Nothing, removed.Remove(0, false, At));
        Assert.False(removed.TakesMeetings);
    }

    [Theory]
    [InlineData("https://BBB-1.Example.org:8443/bigbluebutton/api", "bbb-1.example.org")]
    [InlineData("http://127.0.0.1:9001/bigbluebutton/api", "127.0.0.1")]
    public void The_host_of_its_url_may_be_a_servers_id(string url, string host)
    {
        Assert.Equal(host, ServerAddress.HostOf(url));
        Assert.True(ServerAddress.IsId(host));
    }
}
