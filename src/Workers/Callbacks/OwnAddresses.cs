using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Npgsql;
using Scalelite.Domain.Servers;
using Scalelite.Projections.Servers;

namespace Scalelite.Workers.Callbacks;

/// <summary>The addresses of the database and of the nodes, read at most every half minute. A name that does not resolve is left out: nor can a callback reach it by that name.</summary>
internal sealed partial class OwnAddresses(NpgsqlDataSource database, ServerPool pool, ResolveHost resolve, TimeProvider time, ILogger<OwnAddresses> log) : IDisposable
{
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(30);

    private readonly SemaphoreSlim _reading = new(1);
    private (Dictionary<IPAddress, string> Addresses, DateTimeOffset At)? _last;

    public void Dispose() => _reading.Dispose();

    /// <summary>By address, whose it is: <c>the database's</c>, <c>a node's</c>.</summary>
    /// <exception cref="NpgsqlException">PostgreSQL is away.</exception>
    public async Task<IReadOnlyDictionary<IPAddress, string>> ReadAsync(CancellationToken cancellation)
    {
        await _reading.WaitAsync(cancellation);
        try
        {
            if (_last is not { } last || time.GetUtcNow() - last.At > Fresh) _last = last = (await ReadAnewAsync(cancellation), time.GetUtcNow());
            return last.Addresses;
        }
        finally
        {
            _reading.Release();
        }
    }

    private async Task<Dictionary<IPAddress, string>> ReadAnewAsync(CancellationToken cancellation)
    {
        var whose = new Dictionary<IPAddress, string>();
        var nodes = (await pool.ListAsync(cancellation)).Select(server => ServerAddress.HostOf(server.Url)).Distinct(StringComparer.Ordinal);
        var hosts = nodes.Select(host => (host, "a node's")).Concat(DatabaseHosts().Select(host => (host, "the database's")));
        await Parallel.ForEachAsync(hosts, cancellation, async (host, token) =>
        {
            foreach (var address in await ResolveAsync(host.Item1, token))
            {
                lock (whose) whose[AddressRanges.Meant(address)] = host.Item2;
            }
        });
        return whose;
    }

    /// <summary>Several are separated by commas and may have a port; a socket's folder is none.</summary>
    private IEnumerable<string> DatabaseHosts() => (new NpgsqlConnectionStringBuilder(database.ConnectionString).Host ?? "")
        .Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
        .Where(host => !host.StartsWith('/') && !host.StartsWith('@'))
        .Select(host => host.Count(c => c == ':') == 1 ? host[..host.IndexOf(':', StringComparison.Ordinal)] : host);

    private async Task<IPAddress[]> ResolveAsync(string host, CancellationToken cancellation)
    {
        try
        {
            var name = host.Trim('[', ']');
            return IPAddress.TryParse(name, out var address) ? [address] : await resolve(name, cancellation);
        }
        catch (SocketException unknown)
        {
            Log.Unresolved(log, host, unknown.Message);
            return [];
        }
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Debug, Message = "{Host} does not resolve, so callbacks cannot be kept from its address: {Why}")]
        public static partial void Unresolved(ILogger log, string host, string why);
    }
}
