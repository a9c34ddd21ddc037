using FsCheck;
using FsCheck.Fluent;
using Scalelite.Domain.Servers;
using Xunit;
using static Scalelite.Domain.Servers.AdministrativeState;
using static Scalelite.Domain.Servers.Health;

namespace Scalelite.Domain.Tests.Servers;

public sealed class ServerProperties
{
    private static readonly DateTimeOffset At = new(2026, 3, 2, 8, 0, 0, TimeSpan.Zero);

    private static readonly (string Name, Func<Server, Decision> Do)[] Commands =
    [
        ("enable", s => s.Enable(At)),
        ("cordon", s => s.Cordon(At)),
        ("disable", s => s.Disable(At)),
        ("drain", s => s.Drain(At)),
        ("panic", s => s.Panic(false, 2, At)),
        ("panic, keeping its state", s => s.Panic(true, 2, At)),
        ("suspect", s => s.Suspect("x", At)),
        ("go offline", s => s.GoOffline("x", At)),
        ("come online", s => s.ComeOnline(At)),
        ("tag", s => s.ChangeTag("a", At)),
        ("weigh", s => s.ChangeMultiplier(2, At)),
        ("remove", s => s.Remove(0, false, At)),
    ];

    private static readonly HashSet<(AdministrativeState From, AdministrativeState To)> States =
        [(Disabled, Enabled), (Disabled, Cordoned), (Enabled, Cordoned), (Enabled, Disabled), (Cordoned, Enabled), (Cordoned, Disabled)];

    private static readonly HashSet<(Health From, Health To)> Healths =
        [(Offline, Online), (Online, Suspect), (Online, Offline), (Suspect, Online), (Suspect, Offline)];

    [Fact]
    public void States_move_only_along_allowed_edges_one_at_a_time_and_a_removal_is_final() => Prop.ForAll(
        Gen.ListOf(Gen.Choose(0, Commands.Length - 1)).ToArbitrary(),
        commands =>
        {
            var server = Server.Create(new ServerRegistered("n1", "https://n1/api", "f", 1, null, At));
            foreach (var command in commands)
            {
                var (name, act) = Commands[command];
                foreach (var @event in act(server).Events)
                {
                    var next = Apply(server, @event);
                    var stateMoved = next.State != server.State;
                    var healthMoved = next.Health != server.Health;
                    Assert.False(server.Removed, $"{name} changed a removed server");
                    Assert.False(stateMoved && healthMoved, $"{name} changed state and health");
                    Assert.True(!stateMoved || next.Removed || States.Contains((server.State, next.State)), name);
                    Assert.True(!healthMoved || Healths.Contains((server.Health, next.Health)), name);
                    server = next;
                }

                Assert.True(act(server).Events.Count == 0 || name.StartsWith("panic", StringComparison.Ordinal), $"{name} twice in a row changed something");
            }

            return true;
        }).QuickCheckThrowOnFailure();

    private static Server Apply(Server server, object @event) => @event switch
    {
        ServerEnabled e => server.Apply(e),
        ServerCordoned e => server.Apply(e),
        ServerDisabled e => server.Apply(e),
        ServerDrained e => server.Apply(e),
        ServerPanicked e => server.Apply(e),
        ServerRemoved e => server.Apply(e),
        ServerTagged e => server.Apply(e),
        LoadMultiplierChanged e => server.Apply(e),
        ServerSuspected e => server.Apply(e),
        ServerWentOffline e => server.Apply(e),
        ServerCameOnline e => server.Apply(e),
        _ => throw new ArgumentOutOfRangeException(nameof(@event)),
    };
}
