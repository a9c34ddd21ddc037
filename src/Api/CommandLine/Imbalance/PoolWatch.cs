using Scalelite.Domain.Imbalance;
using Scalelite.Domain.Servers;

namespace Scalelite.Api.CommandLine.Imbalance;

/// <summary>The servers as their events go by, with the loads that their polls showed.</summary>
internal sealed class PoolWatch(string? tag)
{
    // A server without a poll for so long is one that nobody looked at, not one with the load of then.
    private static readonly TimeSpan KnownFor = TimeSpan.FromMinutes(10);

    private readonly Dictionary<string, Server> _servers = new(StringComparer.Ordinal);
    private readonly Dictionary<string, PolledLoad> _loads = new(StringComparer.Ordinal);
    private ServerSample[] _samples = [];

    /// <summary>Applies an event of a server's stream.</summary>
    /// <param name="loadsDiffer">The loads of those that take meetings may be others now.</param>
    /// <returns>What it means for placing; null where nothing.</returns>
    public PoolChange? Apply(object @event, string serverId, DateTimeOffset at, out bool loadsDiffer)
    {
        loadsDiffer = false;
        if (@event is ServerRegistered registered)
        {
            _servers[serverId] = Server.Create(registered);
            return null;
        }

        if (!_servers.TryGetValue(serverId, out var server)) return null;
        (_servers[serverId], PoolChangeKind? kind) = @event switch
        {
            ServerEnabled e => (server.Apply(e), PoolChangeKind.Enabled),
            ServerCameOnline e => (server.Apply(e), PoolChangeKind.CameOnline),
            ServerCordoned e => (server.Apply(e), PoolChangeKind.Cordoned),
            ServerDrained e => (server.Apply(e), PoolChangeKind.Disabled),
            ServerDisabled e => (server.Apply(e), PoolChangeKind.Disabled),
            ServerPanicked e => (server.Apply(e), e.KeepState ? (PoolChangeKind?)null : PoolChangeKind.Disabled),
            ServerRemoved e => (server.Apply(e), PoolChangeKind.Removed),
            ServerSuspected e => (server.Apply(e), PoolChangeKind.Suspected),
            ServerWentOffline e => (server.Apply(e), PoolChangeKind.WentOffline),
            ServerTagged e => (server.Apply(e), null),
            LoadMultiplierChanged e => (server.Apply(e), null),
            ServerUrlChanged e => (server.Apply(e), null),
            _ => (server, null),
        };
        if (@event is ServerRemoved) _loads.Remove(serverId);
        loadsDiffer = kind is not null || @event is ServerTagged or LoadMultiplierChanged;
        return kind is { } changed && IsAskedFor(_servers[serverId]) ? new PoolChange(at, serverId, changed) : null;
    }

    /// <summary>What its polls of a minute showed, before the multiplier.</summary>
    public void Polled(string serverId, DateTimeOffset minute, double load) => _loads[serverId] = new PolledLoad(load, minute);

    /// <summary>The loads of those that take meetings. The span is good until the next call.</summary>
    public ReadOnlySpan<ServerSample> Samples(DateTimeOffset at)
    {
        if (_samples.Length < _servers.Count) _samples = new ServerSample[_servers.Count * 2];
        var count = 0;
        foreach (var (id, server) in _servers)
        {
            if (server.TakesMeetings && IsAskedFor(server) && _loads.TryGetValue(id, out var load) && load.Minute > at - KnownFor)
                _samples[count++] = new ServerSample(id, load.Users * (double)server.Multiplier);
        }

        return _samples.AsSpan(0, count);
    }

    /// <summary>It is one of those that are measured; true for all where no tag was asked for.</summary>
    public bool IsAskedFor(string serverId) => tag is null || (_servers.TryGetValue(serverId, out var server) && IsAskedFor(server));

    /// <summary>A server's host, where no other has the same; else its id.</summary>
    public IReadOnlyDictionary<string, string> Hosts()
    {
        var hosts = _servers.ToDictionary(
            server => server.Key,
            server => Uri.TryCreate(server.Value.Url, UriKind.Absolute, out var url) ? url.Authority : server.Key,
            StringComparer.Ordinal);
        var twice = hosts.Values.GroupBy(host => host, StringComparer.Ordinal).Where(host => host.Count() > 1).Select(host => host.Key).ToHashSet(StringComparer.Ordinal);
        return hosts.ToDictionary(host => host.Key, host => twice.Contains(host.Value) ? host.Key : host.Value, StringComparer.Ordinal);
    }

    private bool IsAskedFor(Server server) => tag switch
    {
        null => true,
        ImbalanceQuestion.Untagged => string.IsNullOrEmpty(server.Tag),
        _ => server.Tag == tag,
    };

    /// <param name="Users">Before the multiplier.</param>
    private readonly record struct PolledLoad(double Users, DateTimeOffset Minute);
}
