using System.Globalization;
using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Scalelite.Simulator.Calls;
using Scalelite.Simulator.Control;
using Scalelite.Simulator.Network;

namespace Scalelite.Simulator;

/// <summary>A pool of simulated BBB nodes in this process, each on a port of its own.</summary>
public sealed class SimulatedPool : IAsyncDisposable
{
    private readonly SimulatedPoolOptions _options;
    private readonly CancellationTokenSource _stopping = new();
    private readonly AcceptedConnections _accepted = new();
    private readonly SocketConnectionContextFactory _contexts = new(new SocketConnectionFactoryOptions(), NullLogger.Instance);
    private readonly EndCallbacks? _callbacks;
    private readonly KestrelServer _kestrel;
    private NodeSocket? _control;
    private ITimer? _ticker;

    private SimulatedPool(SimulatedPoolOptions options)
    {
        _options = options;
        _callbacks = options.Callbacks ? new EndCallbacks() : null;
        Nodes = [.. Enumerable.Range(1, options.Nodes).Select(n => new SimulatedNode(n, options, _callbacks, _stopping.Token))];
        _kestrel = new KestrelServer(Options.Create(KestrelOptions()), _accepted, NullLoggerFactory.Instance);
    }

    /// <summary>The nodes, by their numbers.</summary>
    public IReadOnlyList<SimulatedNode> Nodes { get; }

    /// <summary>The control endpoint's base, such as <c>http://127.0.0.1:40000/simulator</c>; null where there is none.</summary>
    public string? ControlUrl { get; private set; }

    /// <summary>All users in all meetings.</summary>
    public int Users => Nodes.Sum(n => n.Users);

    /// <summary>A node by its name; null where there is none.</summary>
    public SimulatedNode? this[string name] => Nodes.FirstOrDefault(n => n.Name == name);

    /// <summary>Starts the nodes.</summary>
    /// <exception cref="System.Net.Sockets.SocketException">A port is taken.</exception>
    public static async Task<SimulatedPool> StartAsync(SimulatedPoolOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        var pool = new SimulatedPool(options);
        try
        {
            await pool.StartAsync(cancellationToken).ConfigureAwait(false);
            return pool;
        }
        catch
        {
            await pool.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Ends all connections and stops to listen. Meetings are not ended: nobody is called back.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_stopping.IsCancellationRequested)
        {
            return;
        }

        await _stopping.CancelAsync().ConfigureAwait(false);
        if (_ticker is not null)
        {
            await _ticker.DisposeAsync().ConfigureAwait(false);
        }

        _control?.Dispose();
        foreach (var node in Nodes)
        {
            node.Stop();
        }

        await _kestrel.StopAsync(new CancellationToken(true)).ConfigureAwait(false);
        _kestrel.Dispose();
        _contexts.Dispose();
        _callbacks?.Dispose();
        _stopping.Dispose();
    }

    /// <summary>Looks at expiry, durations and users who come and go, as the ticker does.</summary>
    internal void Tick()
    {
        var now = _options.Time.GetUtcNow();
        foreach (var node in Nodes)
        {
            node.Tick(now);
        }
    }

    private async Task StartAsync(CancellationToken cancellationToken)
    {
        var nodes = new NodeApplication(_options.Time);
        var control = new ControlEndpoint(this);
        Task Answer(HttpContext http, NodeConnection connection) =>
            connection.Node is null ? control.AnswerAsync(http) : nodes.AnswerAsync(http, connection);

        await _kestrel.StartAsync(new PoolApplication(Answer), cancellationToken).ConfigureAwait(false);
        for (var i = 0; i < Nodes.Count; i++)
        {
            var node = Nodes[i];
            var endPoint = new IPEndPoint(_options.Address, _options.FirstPort == 0 ? 0 : _options.FirstPort + i);
            node.Attach(connections => new NodeSocket(endPoint, node, connections, _contexts, _accepted.Writer), _options.Host);
        }

        if (_options.ControlPort is { } port)
        {
            _control = new NodeSocket(new IPEndPoint(_options.Address, port), null, new NodeConnections(), _contexts, _accepted.Writer);
            ControlUrl = $"http://{_options.Host}:{_control.Port.ToString(CultureInfo.InvariantCulture)}/simulator";
        }

        _ticker = _options.Time.CreateTimer(static pool => ((SimulatedPool)pool!).Tick(), this, _options.TickEvery, _options.TickEvery);
    }

    private static KestrelServerOptions KestrelOptions()
    {
        var options = new KestrelServerOptions { AddServerHeader = false, AllowSynchronousIO = false };
        options.Limits.MaxRequestBodySize = null;
        options.Limits.MinRequestBodyDataRate = null;
        options.Limits.MinResponseDataRate = null;
        options.Limits.MaxRequestLineSize = 128 * 1024;
        options.Limits.MaxConcurrentConnections = null;
        // Nothing listens here: AcceptedConnections hands over what the nodes' sockets accept.
        options.Listen(IPAddress.Loopback, 0, static listen => listen.Protocols = HttpProtocols.Http1);
        return options;
    }
}
