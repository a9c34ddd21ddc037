using Scalelite.Domain.Imbalance;
using Scalelite.Domain.Servers;

namespace Scalelite.Domain.WhatIf;

/// <summary>What an event of a server does to it, as far as placing is concerned.</summary>
/// <param name="Kind">As the meter has it; null for what it need not know.</param>
/// <param name="Apply">Changes the server at a moment.</param>
internal sealed record ServerChange(string ServerId, PoolChangeKind? Kind, Action<SimulatedServer, long> Apply)
{
    /// <summary>Null for events that do not touch a server that stays.</summary>
    public static ServerChange? Of(object @event) => @event switch
    {
        ServerEnabled e => State(e.ServerId, PoolChangeKind.Enabled, AdministrativeState.Enabled),
        ServerCordoned e => State(e.ServerId, PoolChangeKind.Cordoned, AdministrativeState.Cordoned),
        ServerDrained e => State(e.ServerId, PoolChangeKind.Disabled, AdministrativeState.Disabled),
        ServerDisabled e => State(e.ServerId, PoolChangeKind.Disabled, AdministrativeState.Disabled),
        ServerTagged e => new(e.ServerId, null, (server, _) => server.Tag = e.Tag),
        LoadMultiplierChanged e => new(e.ServerId, null, (server, _) => server.Multiplier = e.LoadMultiplier),
        ServerSuspected e => Turned(e.ServerId, PoolChangeKind.Suspected, Health.Suspect),
        ServerWentOffline e => Turned(e.ServerId, PoolChangeKind.WentOffline, Health.Offline),
        ServerCameOnline e => Turned(e.ServerId, PoolChangeKind.CameOnline, Health.Online),
        _ => null,
    };

    private static ServerChange State(string serverId, PoolChangeKind kind, AdministrativeState state) =>
        new(serverId, kind, (server, _) => server.State = state);

    private static ServerChange Turned(string serverId, PoolChangeKind kind, Health health) =>
        new(serverId, kind, (server, at) => server.Turn(health, at));
}
