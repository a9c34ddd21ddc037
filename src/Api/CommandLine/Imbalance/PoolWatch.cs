using Scalelite.Domain.Imbalance;
using Scalelite.Domain.Servers;

namespace Scalelite.Api.CommandLine.Imbalance;

/// <summary>The servers as their events go by, with the loads that their polls showed.</summary>
internal sealed class PoolWatch(string? tag)
{
    // A server without a poll for so long is one that nobody looked at, not one with the load of then.
    private static readonly TimeSpan KnownFor = TimeSpan.FromMinutes(10);

    private readonly Dictionary<string, WatchedServer> _servers = new(StringComparer.Ordinal);
    private ServerSample[] _samples = [];

    /// <summary>Applies an event of a server's stream.</summary>
    /// <returns>What it means for placing; null where nothing.</returns>
    public PoolChange? Apply(object @event, string serverId, DateTimeOffset at)
    {
        if (@event is ServerRegistered registered)
        {
            _servers[serverId] = new WatchedServer(Domain.Servers.Server.Create(registered));
            return null;
        }

        if (!_servers.TryGetValue(serverId, out var watched)) return null;
        var server = watched.Server;
        (watched.Server, PoolChangeKind? kind) = @event switch
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
        return kind is { } changed && IsAskedFor(watched.Server) ? new PoolChange(at, serverId, changed) : null;
    }

    /// <summary>What its polls of a minute showed, before the multiplier.</summary>
    public void Polled(string serverId, DateTimeOffset minute, double load)
    {
        if (_servers.TryGetValue(serverId, out var watched)) (watched.Load, watched.PolledAt) = (load, minute);
    }

    /// <summary>The loads of those that take meetings. The span is good until the next call.</summary>
    public ReadOnlySpan<ServerSample> Samples(DateTimeOffset at)
    {
        if (_samples.Length < _servers.Count) _samples = new ServerSample[_servers.Count * 2];
        var count = 0;
        foreach (var (id, watched) in _servers)
        {
            if (watched.Server.TakesMeetings && IsAskedFor(watched.Server) && watched.PolledAt > at - KnownFor)
                _samples[count++] = new ServerSample(id, watched.Load * (double)watched.Server.Multiplier);
        }

        return _samples.AsSpan(0, count);
    }

    /// <summary>It is one of those that are measured; true for all that no event tells of.</summary>
    public bool IsAskedFor(string serverId) => tag is null || (_servers.TryGetValue(serverId, out var watched) && IsAskedFor(watched.Server));

    /// <summary>A server's host, where no other has the same; else its id.</summary>
    public IReadOnlyDictionary<string, string> Hosts()
    {
        var hosts = _servers.ToDictionary(
            server => server.Key,
            server => Uri.TryCreate(server.Value.Server.Url, UriKind.Absolute, out var url) ? url.Authority : server.Key,
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

    private sealed class WatchedServer(Server server)
    {
        public Server Server { get; set; } = server;

        public double Load { get; set; }

        public DateTimeOffset PolledAt { get; set; }
    }
}
