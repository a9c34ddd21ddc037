using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Scalelite.Api.Hosting;
using Scalelite.Domain.Servers;
using Scalelite.EventLog;
using Scalelite.Projections;
using Scalelite.Projections.Meetings;
using Scalelite.Projections.Rebuild;
using Scalelite.Projections.Servers;
using Scalelite.Simulator;
using Scalelite.Testing;
using Scalelite.Workers.Configuration;
using Scalelite.Workers.Servers;

namespace Scalelite.Faults;

/// <summary>What a <see cref="Pool"/> is made of.</summary>
internal sealed record PoolPlan
{
    /// <summary>Simulated nodes, registered and enabled.</summary>
    public int Nodes { get; init; } = 2;

    /// <summary>Processes that serve, each with both roles.</summary>
    public int Instances { get; init; } = 1;

    /// <summary>Settings of the processes beside the usual ones.</summary>
    public IReadOnlyDictionary<string, string> Settings { get; init; } = new Dictionary<string, string>();

    /// <summary>A PostgreSQL of its own in place of the one that all tests share.</summary>
    public PrivateCluster? Cluster { get; init; }
}

/// <summary>A database, simulated nodes, and several processes of the real program that balance load between them.</summary>
internal sealed class Pool : IAsyncDisposable
{
    private const string SecretKeyBase = "0123456789abcdef0123456789abcdef0123456789abcdef";
    private static readonly ChangedBy Tester = new("tests");

    private readonly PoolPlan plan;
    private readonly TestDatabase? database;
    private readonly List<ScaleliteProcess> processes = [];
    private BuiltHost? host;

    private Pool(PoolPlan plan, SimulatedPool simulated, TestDatabase? database, string connectionString)
    {
        this.plan = plan;
        this.database = database;
        Simulated = simulated;
        ConnectionString = connectionString;
    }

    /// <summary>The nodes.</summary>
    public SimulatedPool Simulated { get; }

    /// <summary>The database.</summary>
    public string ConnectionString { get; }

    /// <summary>The processes that serve.</summary>
    public IReadOnlyList<ScaleliteProcess> Processes => processes;

    /// <summary>An LMS at the first process.</summary>
    public Lms Lms => processes[0].Lms;

    /// <summary>Services on the pool's database, in this process.</summary>
    public IServiceProvider Services => host!.Services;

    /// <summary>Starts all of it and waits until every server takes meetings.</summary>
    public static async Task<Pool> StartAsync(PoolPlan plan)
    {
        var simulated = await SimulatedPool.StartAsync(new SimulatedPoolOptions { Nodes = plan.Nodes, JournalLength = 5_000 });
        var database = plan.Cluster is null ? await TestDatabase.CreateAsync("faults") : null;
        var connection = database?.ConnectionString ?? await plan.Cluster!.CreateDatabaseAsync($"faults_{Guid.NewGuid():n}");
        var pool = new Pool(plan, simulated, database, connection);
        try
        {
            await pool.SetUpAsync();
            await Task.WhenAll(Enumerable.Range(0, plan.Instances).Select(_ => pool.StartProcessAsync()));
            await pool.ReadyAsync();
            return pool;
        }
        catch
        {
            await pool.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts one more process.</summary>
    public async Task<ScaleliteProcess> StartProcessAsync(params (string Name, string Value)[] more)
    {
        var started = await ScaleliteProcess.StartAsync(Environment(more));
        lock (processes) processes.Add(started);
        return started;
    }

    /// <summary>Makes schema and servers; for a fresh database.</summary>
    public async Task SetUpAsync()
    {
        if (host is not null) await host.DisposeAsync();
        var settings = new Settings
        {
            Security = new SecuritySettings { SecretKeyBase = SecretKeyBase },
            Database = new DatabaseSettings { ConnectionString = ConnectionString },
            Logging = new LoggingSettings { Level = LogLevelName.Error },
        };
        host = await ScaleliteHost.BuildAsync(settings, Roles.None, CancellationToken.None);
        foreach (var node in Simulated.Nodes) await EnableAsync(node);
    }

    /// <summary>Enables the server that stands for a node; registers it first if there is none.</summary>
    public async Task EnableAsync(SimulatedNode node)
    {
        var known = (await ServersAsync()).FirstOrDefault(s => s.Server.Url == node.Url)?.Server.Id;
        var id = known ?? (await OperateAsync(operations => operations.RegisterAsync(node.Url, node.Secret, 1, null, Tester, CancellationToken.None))).ServerId;
        await OperateAsync(operations => operations.EnableAsync(id, Tester, CancellationToken.None));
    }

    /// <summary>Does what an operator does.</summary>
    public async Task<ServerOutcome.Done> OperateAsync(Func<ServerOperations, Task<ServerOutcome>> operation)
    {
        await using var scope = Services.CreateAsyncScope();
        return Assert.IsType<ServerOutcome.Done>(await operation(scope.ServiceProvider.GetRequiredService<ServerOperations>()));
    }

    /// <summary>Waits until every server is online and takes meetings.</summary>
    public Task ReadyAsync(int within = 60) => Eventually.HoldsAsync(
        "every server takes meetings", async () => await ServersAsync() is { } servers && servers.Count == plan.Nodes && servers.All(s => s.TakesMeetings), within);

    /// <summary>The servers with their loads as placement sees them.</summary>
    public Task<IReadOnlyList<LoadedServer>> ServersAsync() =>
        Services.GetRequiredService<ServerPool>().ListAsync(15, DateTimeOffset.UtcNow.AddMinutes(-15), CancellationToken.None);

    /// <summary>The server that stands for a node.</summary>
    public async Task<LoadedServer> ServerAsync(SimulatedNode node) => (await ServersAsync()).Single(s => s.Server.Url == node.Url);

    /// <summary>The node that a server id means.</summary>
    public async Task<SimulatedNode> NodeAsync(string serverId)
    {
        var url = (await ServersAsync()).Single(s => s.Server.Id == serverId).Server.Url;
        return Simulated.Nodes.Single(n => n.Url == url);
    }

    /// <summary>Where a meeting is by the read model; null where it is nowhere.</summary>
    public Task<MeetingLocation?> LocationAsync(string meetingId) =>
        Services.GetRequiredService<MeetingLocations>().FindAsync("", meetingId, CancellationToken.None);

    /// <summary>Waits for so many polls of every server that all began after this call.</summary>
    public async Task PolledAsync(int polls, int within = 30)
    {
        // The poll after the last one may be under way already.
        var before = (await ServersAsync()).ToDictionary(s => s.Server.Id, s => s.Round + 1);
        await Eventually.HoldsAsync(
            $"{polls} more polls of every server", async () => (await ServersAsync()).All(s => s.Round >= before.GetValueOrDefault(s.Server.Id) + polls), within);
    }

    /// <summary>The types of a stream's events, such as <c>meeting_placed</c>, in order.</summary>
    public async Task<IReadOnlyList<string>> StoryAsync(string stream)
    {
        await using var command = Services.GetRequiredService<NpgsqlDataSource>().CreateCommand("select type from mt_events where stream_id = $1 order by version");
        command.Parameters.AddWithValue(stream);
        await using var rows = await command.ExecuteReaderAsync();
        var types = new List<string>();
        while (await rows.ReadAsync()) types.Add(rows.GetString(0));
        return types;
    }

    /// <summary>How many rows a query has.</summary>
    public async Task<long> CountAsync(string sql, params object[] values)
    {
        await using var command = Services.GetRequiredService<NpgsqlDataSource>().CreateCommand($"select count(*) from ({sql}) as counted");
        foreach (var value in values) command.Parameters.AddWithValue(value);
        return (long)(await command.ExecuteScalarAsync())!;
    }

    /// <summary>Every read model holds what the events say.</summary>
    public async Task ReadModelsAreWhatTheEventsSayAsync()
    {
        var rebuild = new ReadModelRebuild(
            Services.GetRequiredService<NpgsqlDataSource>(), Services.GetRequiredService<IDocumentStore>(), Services.GetRequiredService<Func<EventRow, IEvent>>());
        foreach (var model in ReadModels.All)
        {
            Assert.Empty(await rebuild.VerifyAsync(model));
        }
    }

    /// <summary>Drops the database with all its connections and makes an empty one of the same name.</summary>
    public async Task LoseDatabaseAsync()
    {
        var name = new NpgsqlConnectionStringBuilder(ConnectionString).Database!;
        var other = new NpgsqlConnectionStringBuilder(ConnectionString) { Database = "postgres", Pooling = false }.ConnectionString;
        await using var connection = new NpgsqlConnection(other);
        await connection.OpenAsync();
        foreach (var sql in (string[])[$"drop database \"{name}\" with (force)", $"create database \"{name}\""])
        {
            await using var command = new NpgsqlCommand(sql, connection);
            await command.ExecuteNonQueryAsync();
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var process in processes) await process.DisposeAsync();
        if (host is not null) await host.DisposeAsync();
        if (database is not null) await database.DisposeAsync();
        await Simulated.DisposeAsync();
    }

    private Dictionary<string, string> Environment((string Name, string Value)[] more)
    {
        var connection = new NpgsqlConnectionStringBuilder(ConnectionString);
        var environment = new Dictionary<string, string>
        {
            ["DATABASE_URL"] = $"postgresql://postgres@localhost/{connection.Database}?host={Uri.EscapeDataString(connection.Host!)}&port={connection.Port}&sslmode=disable&pool=15",
            ["LOADBALANCER_SECRET"] = Lms.Secret,
            ["SECRET_KEY_BASE"] = SecretKeyBase,
            ["POLL_INTERVAL"] = "1",
            ["RAILS_LOG_LEVEL"] = "info",
        };
        foreach (var (name, value) in plan.Settings) environment[name] = value;
        foreach (var (name, value) in more) environment[name] = value;
        return environment;
    }
}

/// <summary>Reads loads.</summary>
internal static class Loads
{
    /// <summary>What was seen and what was not yet, before the multiplier.</summary>
    public static long Users(this Domain.Placement.ServerLoad load) => load.Seen + load.Unseen;
}
