using Microsoft.AspNetCore.Connections;

namespace Scalelite.Simulator.Network;

/// <summary>A node's open connections.</summary>
internal sealed class NodeConnections
{
    private readonly Lock _gate = new();
    private readonly HashSet<ConnectionContext> _open = [];
    private int _peak;
    private long _total;

    public int Open
    {
        get
        {
            lock (_gate)
            {
                return _open.Count;
            }
        }
    }

    public int Peak
    {
        get
        {
            lock (_gate)
            {
                return _peak;
            }
        }
    }

    public long Total => Interlocked.Read(ref _total);

    public void ResetPeak()
    {
        lock (_gate)
        {
            _peak = _open.Count;
        }
    }

    public void Add(ConnectionContext connection)
    {
        lock (_gate)
        {
            _open.Add(connection);
            _peak = Math.Max(_peak, _open.Count);
        }

        Interlocked.Increment(ref _total);
        connection.ConnectionClosed.UnsafeRegister(static state =>
        {
            var (connections, one) = ((NodeConnections, ConnectionContext))state!;
            connections.Remove(one);
        }, (this, connection));
    }

    /// <summary>Resets them all.</summary>
    public void Abort()
    {
        ConnectionContext[] all;
        lock (_gate)
        {
            all = [.. _open];
        }

        foreach (var connection in all)
        {
            connection.Abort(new ConnectionAbortedException("The node is gone."));
        }
    }

    private void Remove(ConnectionContext connection)
    {
        lock (_gate)
        {
            _open.Remove(connection);
        }
    }
}
