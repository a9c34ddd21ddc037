using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using Scalelite.BigBlueButton.Nodes;
using Scalelite.Domain;
using Scalelite.Domain.Meetings;
using Scalelite.Domain.Placement;
using Scalelite.Domain.Servers;
using Scalelite.EventLog;
using Scalelite.Flavour;
using Scalelite.Projections;
using Scalelite.Projections.Servers;
using Scalelite.Simulator;
using Scalelite.Simulator.Meetings;
using Scalelite.Testing;
using Scalelite.Workers.Configuration;
using Scalelite.Workers.Nodes;

namespace Scalelite.Workers.Tests.Pool;

/// <summary>Simulated nodes, a database, and hosts with the workers on it. Nodes get into the pool by <see cref="RegisterAsync"/>.</summary>
internal sealed class TestPool : IAsyncDisposable
{
    private const string SecretKeyBase = "a key for tests";

    private readonly List<IHost> _hosts = [];
    private readonly IHost _reader;
    private readonly Action<IServiceCollection>? _configure;

    private TestPool(TestDatabase database, SimulatedPool nodes, Settings settings, Action<IServiceCollection>? configure)
    {
        (Database, Nodes, Settings, _configure) = (database, nodes, settings, configure);
        Vault = new SecretVault(database.Source, SecretKeyBase);
        _reader = Build(handlesMessages: false);
    }

    public TestDatabase Database { get; }

    public SimulatedPool Nodes { get; }

    public Settings Settings { get; }

    public SecretVault Vault { get; }

    public IReadOnlyList<IHost> Hosts => _hosts;

    /// <summary>Of no host: it is there before the first and after the last.</summary>
    public IDocumentStore Store => _reader.Services.GetRequiredService<IDocumentStore>();

    /// <summary>Polls come every 0.3 s, and a node that hangs is given up after 0.5 s.</summary>
    public static Settings Quick { get; } = new()
    {
        Polling = new PollingSettings { Interval = TimeSpan.FromMilliseconds(300) },
        Nodes = new NodeSettings { ConnectTimeout = TimeSpan.FromMilliseconds(500), ResponseTimeout = TimeSpan.FromMilliseconds(500) },
    };

    /// <summary>Starts nodes and hosts; with <paramref name="register"/> all nodes are in the pool, enabled.</summary>
    public static async Task<TestPool> StartAsync(int nodes, Settings? settings = null, int hosts = 1, bool register = true, Action<IServiceCollection>? configure = null)
    {
        var pool = new TestPool(
            await TestDatabase.CreateAsync("pool"), await SimulatedPool.StartAsync(new SimulatedPoolOptions { Nodes = nodes }), settings ?? Quick, configure);
        await pool.InstallAsync();
        if (register) await pool.RegisterAsync(pool.Nodes.Nodes);
        for (var i = 0; i < hosts; i++) await pool.AddHostAsync();
        return pool;
    }

    public T Service<T>()
        where T : notnull => _hosts[0].Services.GetRequiredService<T>();

    public async Task<IHost> AddHostAsync()
    {
        var host = Build(handlesMessages: true);
        await host.StartAsync();
        _hosts.Add(host);
        return host;
    }

    /// <summary>Puts nodes into the pool, enabled, under their names.</summary>
    public async Task RegisterAsync(params IReadOnlyCollection<SimulatedNode> nodes)
    {
        foreach (var node in nodes) await RegisterAsync(node, node.Url);
    }

    /// <summary>Puts a node into the pool, enabled, under its name and another URL.</summary>
    public async Task RegisterAsync(SimulatedNode node, string url)
    {
        var now = DateTimeOffset.UtcNow;
        await using var session = Store.LightweightSession();
        var secret = Vault.Seal(node.Name, NodeSecrets.Kind, 1, node.Secret);
        var stored = SecretVault.Store(secret);
        session.QueueSqlCommand(stored.Sql, stored.Values);
        session.Events.StartStream(
            Streams.Server(node.Name), new ServerRegistered(node.Name, url, secret.Fingerprint, 1, null, now), new ServerEnabled(node.Name, now));
        await session.SaveChangesAsync();
    }

    /// <summary>A service of a host that handles no messages.</summary>
    public T Reader<T>()
        where T : notnull => _reader.Services.GetRequiredService<T>();

    /// <summary>Stops the first host as a signal does.</summary>
    public Task StopHostAsync() => _hosts[0].StopAsync();

    /// <summary>Leaves a message to the hosts.</summary>
    public async Task PublishAsync<T>(T message)
    {
        await using var scope = _reader.Services.CreateAsyncScope();
        await scope.ServiceProvider.GetRequiredService<IMessageBus>().PublishAsync(message);
    }

    /// <summary>Has a message handled here and now.</summary>
    public async Task InvokeAsync(object message)
    {
        await using var scope = _reader.Services.CreateAsyncScope();
        await scope.ServiceProvider.GetRequiredService<IMessageBus>().InvokeAsync(message);
    }

    /// <summary>A meeting that was placed on a node, and runs there with these users.</summary>
    public async Task<Guid> StartMeetingAsync(SimulatedNode node, string meetingId, int users = 0)
    {
        var instance = Guid.CreateVersion7();
        var now = DateTimeOffset.UtcNow;
        await AppendAsync(Streams.Meeting(instance), Placed(instance, node.Name, meetingId, now.AddSeconds(25)));
        var running = node.StartMeeting(meetingId);
        node.AddUsers(meetingId, users);
        await AppendAsync(
            Streams.Meeting(instance),
            new MeetingStarted(instance, node.Name, running.InternalMeetingID, running.CreateTime, null, false, null, 1, now));
        return instance;
    }

    public static MeetingPlaced Placed(Guid instance, string serverId, string meetingId, DateTimeOffset deadline) => new(
        instance, "", meetingId, serverId, meetingId, null, false, new Dictionary<string, string>(),
        new PlacementReason("least-load", "lowest load of 1", null, 1, [], 1), deadline, DateTimeOffset.UtcNow);

    public async Task AppendAsync(string stream, params object[] events)
    {
        await using var session = Store.LightweightSession();
        session.Events.Append(stream, events);
        await session.SaveChangesAsync();
    }

    /// <summary>All events of a stream.</summary>
    public async Task<IReadOnlyList<object>> EventsAsync(string stream)
    {
        await using var session = Store.LightweightSession();
        return [.. (await session.Events.FetchStreamAsync(stream)).Select(e => e.Data)];
    }

    /// <summary>A server as the read models know it.</summary>
    public async Task<PoolServer> ServerAsync(SimulatedNode node) => (await new ServerPool(Database.Source).FindAsync(node.Name, CancellationToken.None))!;

    public Task BecomesAsync(SimulatedNode node, Health health) =>
        Eventually.HoldsAsync($"{node.Name} is {health}", async () => (await ServerAsync(node)).Health == health);

    /// <summary>The server that holds a meetingID; null if none does.</summary>
    public Task<string?> LocationAsync(string meetingId) =>
        Database.ScalarAsync<string>("select server_id from meeting_location where meeting_id = $1", meetingId);

    /// <summary>The last accepted round of a server.</summary>
    public Task<long> RoundAsync(SimulatedNode node) => Database.ScalarAsync<long>("select round from server_load where server_id = $1", node.Name);

    /// <summary>Waits until so many more rounds of a server were accepted.</summary>
    public async Task PolledAsync(SimulatedNode node, int rounds = 2)
    {
        var until = await RoundAsync(node) + rounds;
        await Eventually.HoldsAsync($"{node.Name} was polled {rounds} times more", async () => await RoundAsync(node) >= until);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var host in _hosts)
        {
            await host.StopAsync();
            host.Dispose();
        }

        _reader.Dispose();
        await Nodes.DisposeAsync();
        await Database.DisposeAsync();
    }

    /// <summary>Creates the tables that are missing.</summary>
    public async Task InstallAsync()
    {
        await HostSetup.CreateEventTablesAsync(Database.Source, _reader.Services);
        await DatabaseSchema.InstallAsync(Database.Source, [.. DatabaseSchema.Scripts, .. ReadModels.Scripts]);
    }

    private IHost Build(bool handlesMessages)
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton(Database.Source);
        builder.Services.AddSingleton(Vault);
        builder.Services.AddSingleton(Settings);
        builder.Services.AddSingleton(new NodeClient(new NodeClientOptions()));
        builder.Services.AddSingleton<NodeApi>();
        builder.AddEventSourcing(Database.Source, DomainEvents.Types, DomainEvents.Projections, [typeof(WorkersSetup).Assembly], handlesMessages);
        builder.Services.AddWorkers(handlesMessages);
        _configure?.Invoke(builder.Services);
        return builder.Build();
    }
}
