using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Npgsql;

namespace Scalelite.Api.Tests.Calls;

/// <summary>The wire to PostgreSQL: counts round trips, and can be cut.</summary>
internal sealed class DatabaseWire : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly ConcurrentDictionary<Socket, byte> _open = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly EndPoint _database;
    private readonly Task _accepting;
    private volatile bool _cut;
    private int _roundTrips;

    public DatabaseWire(string connectionString)
    {
        var to = new NpgsqlConnectionStringBuilder(connectionString);
        _database = to.Host!.StartsWith('/')
            ? new UnixDomainSocketEndPoint($"{to.Host}/.s.PGSQL.{to.Port}")
            : new IPEndPoint(IPAddress.Loopback, to.Port);
        _listener.Start();
        to.Host = "127.0.0.1";
        to.Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        to.SslMode = SslMode.Disable;
        ConnectionString = to.ConnectionString;
        _accepting = AcceptAsync();
    }

    /// <summary>Leads over this wire.</summary>
    public string ConnectionString { get; }

    /// <summary>How often PostgreSQL was waited for.</summary>
    public int RoundTrips => Volatile.Read(ref _roundTrips);

    /// <summary>Ends all connections; new ones end at once.</summary>
    public void Cut()
    {
        _cut = true;
        foreach (var socket in _open.Keys) socket.Dispose();
    }

    public void Mend() => _cut = false;

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        Cut();
        await _accepting;
        _listener.Dispose();
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (true)
        {
            try
            {
                var client = await _listener.AcceptSocketAsync(_stop.Token);
                if (_cut) client.Dispose();
                else _ = ConnectAsync(client);
            }
            catch (Exception stopped) when (stopped is OperationCanceledException or SocketException or ObjectDisposedException)
            {
                return;
            }
        }
    }

    private async Task ConnectAsync(Socket client)
    {
        using var server = new Socket(_database.AddressFamily, SocketType.Stream, _database is UnixDomainSocketEndPoint ? ProtocolType.IP : ProtocolType.Tcp);
        _open[client] = _open[server] = 0;
        try
        {
            client.NoDelay = true;
            await server.ConnectAsync(_database);
            var asked = new Flag();
            await Task.WhenAny(
                CopyAsync(client, server, () => asked.Up = true),
                CopyAsync(server, client, () =>
                {
                    if (!asked.Up) return;
                    asked.Up = false;
                    Interlocked.Increment(ref _roundTrips);
                }));
        }
        catch (SocketException)
        {
            // Either end is gone, or the wire is cut.
        }
        finally
        {
            _open.TryRemove(client, out _);
            _open.TryRemove(server, out _);
            client.Dispose();
        }
    }

    private static async Task CopyAsync(Socket from, Socket to, Action passed)
    {
        var buffer = new byte[64 * 1024];
        try
        {
            while (await from.ReceiveAsync(buffer) is var read and > 0)
            {
                passed();
                for (var sent = 0; sent < read;) sent += await to.SendAsync(buffer.AsMemory(sent, read - sent));
            }
        }
        catch (Exception over) when (over is SocketException or ObjectDisposedException)
        {
            // The other direction ends with it.
        }
    }

    private sealed class Flag
    {
        public volatile bool Up;
    }
}
