using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Features;
using Npgsql;
using Scalelite.Api.Hosting;
using Scalelite.EventLog;
using Scalelite.Simulator;
using Scalelite.Simulator.Recordings;
using Scalelite.Workers.Configuration;
using Scalelite.Workers.Servers;

namespace Scalelite.Api.Demo;

/// <summary>A whole pool in this process: PostgreSQL, four simulated nodes, and the load balancer as <c>serve</c> runs it. No server is registered yet.</summary>
internal sealed class DemoPool : IAsyncDisposable
{
    private const int NodeCount = 4;

    private static readonly ChangedBy Operator = new("demo");

    private readonly PrivateCluster? _cluster;
    private readonly SimulatedPool _nodes;
    private readonly DemoFolders _folders;
    private readonly BuiltHost _host;

    private DemoPool(PrivateCluster? cluster, SimulatedPool nodes, DemoFolders folders, BuiltHost host, string secret)
    {
        (_cluster, _nodes, _folders, _host, Secret) = (cluster, nodes, folders, host, secret);
        Origin = new Uri(host.Services.GetRequiredService<IServer>().Features.GetRequiredFeature<IServerAddressesFeature>().Addresses.First());
    }

    /// <summary>The simulated nodes, by their numbers.</summary>
    public IReadOnlyList<SimulatedNode> Nodes => _nodes.Nodes;

    /// <summary>Where the nodes' archives appear.</summary>
    public string Spool => _folders.Spool;

    /// <summary>Where the load balancer listens: <c>http://127.0.0.1:3000</c>.</summary>
    public Uri Origin { get; }

    /// <summary>What clients sign with.</summary>
    public string Secret { get; }

    /// <summary>The load balancer's services.</summary>
    public IServiceProvider Services => _host.Services;

    /// <summary>The load balancer's connections to its database.</summary>
    public NpgsqlDataSource Database => Services.GetRequiredService<NpgsqlDataSource>();

    /// <summary>Starts everything.</summary>
    /// <param name="say">Told what takes long or changes the machine.</param>
    /// <exception cref="DemoRefusedException">The port is taken, or the database has events.</exception>
    /// <exception cref="PrivateClusterException">There is no PostgreSQL here, or it cannot run.</exception>
    public static async Task<DemoPool> StartAsync(DemoOptions options, Action<string> say, CancellationToken cancellation)
    {
        RefuseTakenPort(options.Port);
        PrivateCluster? cluster = null;
        SimulatedPool? nodes = null;
        var folders = new DemoFolders();
        BuiltHost? host = null;
        try
        {
            if (options.ConnectionString is { } given)
            {
                await RefuseEventsAsync(given, cancellation);
            }
            else
            {
                cluster = await PrivateCluster.StartAsync(
                    PrivateCluster.TemporaryFolder(), new PrivateClusterOptions { Temporary = true, Durable = false }, say, cancellation);
            }

            nodes = await SimulatedPool.StartAsync(OptionsOf(folders), cancellation);
            var connectionString = options.ConnectionString ?? await cluster!.CreateDatabaseAsync("scalelite", cancellation);
            host = await ScaleliteHost.BuildAsync(SettingsOf(options, folders, connectionString), Roles.Api | Roles.Workers, cancellation);
            await host.Host.StartAsync(cancellation);
            return new DemoPool(cluster, nodes, folders, host, options.Secret);
        }
        catch
        {
            await StopAsync(host, nodes, folders, cluster);
            throw;
        }
    }

    /// <summary>Registers a node as an operator does; it is disabled until it is enabled.</summary>
    /// <returns>The server's id.</returns>
    /// <exception cref="UnmetExpectationException">The operation is refused.</exception>
    public async Task<string> RegisterAsync(SimulatedNode node, CancellationToken cancellation) => Done(
        await OperateAsync((servers, by) => servers.RegisterAsync(node.Url, node.Secret, 1, null, by, cancellation)), $"{node.Name} is registered");

    /// <summary>Lets a server take meetings.</summary>
    /// <exception cref="UnmetExpectationException">The operation is refused.</exception>
    public async Task EnableAsync(string serverId, string name, CancellationToken cancellation) =>
        Done(await OperateAsync((servers, by) => servers.EnableAsync(serverId, by, cancellation)), $"{name} is enabled");

    /// <summary>Drains a server.</summary>
    /// <exception cref="UnmetExpectationException">The operation is refused.</exception>
    public async Task CordonAsync(string serverId, string name, CancellationToken cancellation) =>
        Done(await OperateAsync((servers, by) => servers.CordonAsync(serverId, by, cancellation)), $"{name} is cordoned");

    /// <summary>Stops everything; the private PostgreSQL is removed.</summary>
    public async ValueTask DisposeAsync() => await StopAsync(_host, _nodes, _folders, _cluster);

    private static SimulatedPoolOptions OptionsOf(DemoFolders folders) => new()
    {
        Nodes = NodeCount,
        Recordings = NodeRecordingOptions.IntoSpool(folders.Spool) with { WorkOnFormat = TimeSpan.FromSeconds(0.5) },
    };

    /// <summary>As <c>serve</c> has them, but for times that fit into a minute.</summary>
    private static Settings SettingsOf(DemoOptions options, DemoFolders folders, string connectionString) => new()
    {
        Security = new SecuritySettings { LoadBalancerSecrets = [options.Secret], SecretKeyBase = options.SecretKeyBase.Length > 0 ? options.SecretKeyBase : RandomNumberGenerator.GetHexString(128) },
        Admin = new AdminSettings { Secret = options.Secret },
        Polling = new PollingSettings { Interval = TimeSpan.FromSeconds(1) },
        Placement = new PlacementSettings { MoveAfter = TimeSpan.FromSeconds(3) },
        Recordings = folders.Recordings,
        Imports = new ImportSettings { Enabled = true, SpoolFolder = folders.Spool, PollInterval = TimeSpan.FromSeconds(1) },
        Audit = new AuditSettings { SealInterval = TimeSpan.FromSeconds(5), SealFile = folders.SealFile },
        // The school's LMS runs here as well.
        Callbacks = new CallbackSettings { Allowed = ["127.0.0.1"] },
        Http = new HttpSettings { Listen = $"http://127.0.0.1:{options.Port}" },
        Database = new DatabaseSettings { ConnectionString = connectionString },
        // That a dead node does not answer is part of the story, which tells it in its own way.
        Logging = new LoggingSettings { Level = LogLevelName.Error },
    };

    private static void RefuseTakenPort(int port)
    {
        using var probe = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            probe.Bind(new IPEndPoint(IPAddress.Loopback, port));
            probe.Listen();
        }
        catch (SocketException e)
        {
            throw new DemoRefusedException($"Port {port} of 127.0.0.1 cannot be used ({e.Message}): choose another with --port");
        }
    }

    private static async Task RefuseEventsAsync(string connectionString, CancellationToken cancellation)
    {
        await using var database = NpgsqlDataSource.Create(connectionString);
        await using var look = database.CreateCommand("select to_regclass('mt_events') is not null");
        if (await look.ExecuteScalarAsync(cancellation) is not true) return;
        await using var any = database.CreateCommand("select exists (select from mt_events)");
        if (await any.ExecuteScalarAsync(cancellation) is true)
        {
            throw new DemoRefusedException(
                "The database of DATABASE_URL has events, and the demo would mix its own into them: name an empty one, or unset DATABASE_URL for a private PostgreSQL");
        }
    }

    private static string Done(ServerOutcome outcome, string what) => outcome switch
    {
        ServerOutcome.Done done => done.ServerId,
        ServerOutcome.Refused refused => throw new UnmetExpectationException($"{what}: {refused.Why}"),
        _ => throw new UnmetExpectationException($"{what}: there is no such server"),
    };

    private static async Task StopAsync(BuiltHost? host, SimulatedPool? nodes, DemoFolders folders, PrivateCluster? cluster)
    {
        if (host is not null)
        {
            await host.Host.StopAsync();
            await host.DisposeAsync();
        }

        if (nodes is not null) await nodes.DisposeAsync();
        folders.Dispose();
        if (cluster is not null) await cluster.DisposeAsync();
    }

    private async Task<ServerOutcome> OperateAsync(Func<ServerOperations, ChangedBy, Task<ServerOutcome>> operation)
    {
        await using var scope = Services.CreateAsyncScope();
        return await operation(scope.ServiceProvider.GetRequiredService<ServerOperations>(), Operator);
    }
}
