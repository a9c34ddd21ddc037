using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Scalelite.Simulator.Faults;

namespace Scalelite.Simulator.Network;

/// <summary>
/// The socket that one node listens on. Its port stays its own from start to disposal, whatever happens: while connections are refused a socket
/// that is bound but does not listen keeps it.
/// </summary>
internal sealed class NodeSocket : IDisposable
{
    private const int Backlog = 512;

    private readonly SocketConnectionContextFactory _contexts;
    private readonly ChannelWriter<ConnectionContext> _accepted;
    private readonly SimulatedNode? _node;
    private readonly NodeConnections _connections;
    private readonly IPEndPoint _endPoint;
    private readonly Lock _gate = new();
    private readonly List<Socket> _fillers = [];
    private readonly HashSet<int> _fillerPorts = [];
    private Socket _socket;
    private CancellationTokenSource _accepting = new();
    private CancellationTokenSource? _away;
    private bool _disposed;

    public NodeSocket(
        IPEndPoint endPoint,
        SimulatedNode? node,
        NodeConnections connections,
        SocketConnectionContextFactory contexts,
        ChannelWriter<ConnectionContext> accepted)
    {
        (_node, _connections, _contexts, _accepted) = (node, connections, contexts, accepted);
        _socket = Bind(endPoint);
        _endPoint = (IPEndPoint)_socket.LocalEndPoint!;
        Listen();
    }

    public int Port => _endPoint.Port;

    public Reach Reach { get; private set; }

    /// <summary>While it is not reachable: what comes when it is again. Else none.</summary>
    public CancellationToken Restored
    {
        get
        {
            lock (_gate)
            {
                return _away?.Token ?? CancellationToken.None;
            }
        }
    }

    /// <summary>Listens again; what was held back meanwhile is reset.</summary>
    public void Open()
    {
        CancellationTokenSource? over;
        lock (_gate)
        {
            if (Reach == Reach.Reachable || _disposed)
            {
                return;
            }

            DropFillers();
            Reach = Reach.Reachable;
            (over, _away) = (_away, null);
            Listen();
        }

        over?.Cancel();
        over?.Dispose();
    }

    /// <summary>Connections are refused, open ones are reset.</summary>
    public void Refuse()
    {
        lock (_gate)
        {
            if (Reach != Reach.Refusing && !_disposed)
            {
                StopAccepting();
                Reach = Reach.Refusing;
                _away ??= new CancellationTokenSource();
                DropFillers();
                _socket.Dispose();
                _socket = Bind(_endPoint);
            }
        }

        _connections.Abort();
    }

    /// <summary>
    /// Connections no longer come about: nothing accepts, and the queue of those that wait for it is made as short as can be and filled, so that
    /// Linux drops what comes after. Open connections are left as they are; whoever answers on them looks at <see cref="Reach"/>.
    /// </summary>
    public void Starve()
    {
        lock (_gate)
        {
            if (Reach == Reach.Partitioned || _disposed)
            {
                return;
            }

            StopAccepting();
            Reach = Reach.Partitioned;
            _away ??= new CancellationTokenSource();
            _socket.Listen(0);
            for (var i = 0; i < 2; i++)
            {
                Fill();
            }
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _disposed = true;
            StopAccepting();
            DropFillers();
            _socket.Dispose();
            _accepting.Dispose();
            _away?.Dispose();
        }
    }

    private static Socket Bind(IPEndPoint endPoint)
    {
        var socket = new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(endPoint);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private void Listen()
    {
        _accepting.Dispose();
        _accepting = new CancellationTokenSource();
        _socket.Listen(Backlog);
        _ = AcceptAsync(_socket, _accepting.Token);
    }

    private void StopAccepting() => _accepting.Cancel();

    private void Fill()
    {
        var filler = new Socket(_endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        var host = _endPoint.Address.Equals(IPAddress.Any) ? IPAddress.Loopback
            : _endPoint.Address.Equals(IPAddress.IPv6Any) ? IPAddress.IPv6Loopback
            : _endPoint.Address;
        filler.Bind(new IPEndPoint(host, 0));
        _fillers.Add(filler);
        _fillerPorts.Add(((IPEndPoint)filler.LocalEndPoint!).Port);
        _ = ConnectAsync(filler, new IPEndPoint(host, _endPoint.Port));
    }

    private static async Task ConnectAsync(Socket filler, IPEndPoint to)
    {
        try
        {
            await filler.ConnectAsync(to).ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is SocketException or ObjectDisposedException)
        {
            // It was to find no room, or the partition is over.
        }
    }

    private void DropFillers()
    {
        _fillers.ForEach(f => f.Dispose());
        _fillers.Clear();
    }

    private async Task AcceptAsync(Socket listening, CancellationToken cancellation)
    {
        while (!cancellation.IsCancellationRequested)
        {
            try
            {
                Take(await listening.AcceptAsync(cancellation).ConfigureAwait(false));
            }
            catch (Exception failure) when (failure is OperationCanceledException or ObjectDisposedException)
            {
                return;
            }
            catch (SocketException)
            {
                // A connection that was gone before it was accepted, or too many open files: the next one may do.
                await Task.Delay(10, CancellationToken.None).ConfigureAwait(false);
            }
        }
    }

    private void Take(Socket socket)
    {
        if (socket.RemoteEndPoint is not IPEndPoint remote || IsFiller(remote.Port))
        {
            socket.Dispose();
            return;
        }

        socket.NoDelay = true;
        var connection = _contexts.Create(socket);
        connection.Features.Set(new NodeConnection(_node, socket, remote.ToString()));
        _connections.Add(connection);
        if (!_accepted.TryWrite(connection))
        {
            connection.Abort();
        }
    }

    private bool IsFiller(int port)
    {
        if (_fillerPorts.Count == 0)
        {
            return false;
        }

        lock (_gate)
        {
            return _fillerPorts.Remove(port);
        }
    }
}
