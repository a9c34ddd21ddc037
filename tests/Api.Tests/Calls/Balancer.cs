using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Scalelite.Api.Hosting;
using Scalelite.Domain;
using Scalelite.Domain.Servers;
using Scalelite.Simulator;
using Scalelite.Testing;
using Scalelite.Workers.Configuration;
using Scalelite.Workers.Polling;
using Scalelite.Workers.Servers;

namespace Scalelite.Api.Tests.Calls;

/// <summary>
/// The process as it is served: Kestrel on a free port, a database of its own, simulated nodes. By default it does not poll, so that
/// servers are as a test set them.
/// </summary>
internal sealed class Balancer : IAsyncDisposable
{
    public const string Secret = "the-secret-of-the-lms";

    private static readonly ChangedBy Operator = new("test");

    private readonly BuiltHost _built;
    private readonly Dictionary<string, string> _ids = new(StringComparer.Ordinal);

    private Balancer(TestDatabase database, SimulatedPool pool, BuiltHost built)
    {
        (Database, Pool, _built) = (database, pool, built);
        Origin = ((WebApplication)built.Host).Urls.Single();
        Lms = new Lms(Origin, Secret);
    }

    public TestDatabase Database { get; }

    public SimulatedPool Pool { get; }

    public string Origin { get; }

    public Lms Lms { get; }

    /// <summary>The name of each server that was registered, by its id.</summary>
    public string NameOf(string serverId) => _ids.Single(pair => pair.Value == serverId).Key;

    /// <summary>A server's id by its name.</summary>
    public string IdOf(string name) => _ids[name];

    public static Settings Defaults { get; } = new()
    {
        Security = new SecuritySettings { LoadBalancerSecrets = [Secret], SecretKeyBase = new string('k', 64) },
        Nodes = new NodeSettings { ConnectTimeout = TimeSpan.FromSeconds(1), ResponseTimeout = TimeSpan.FromSeconds(2) },
        Placement = new PlacementSettings { CreateDeadline = TimeSpan.FromSeconds(10) },
        Http = new HttpSettings { Listen = "http://127.0.0.1:0" },
    };

    /// <summary>Starts nodes and a balancer; with <paramref name="register"/> all nodes are in the pool, enabled and online.</summary>
    public static async Task<Balancer> StartAsync(
        int nodes = 2, Func<Settings, Settings>? change = null, Roles roles = Roles.Api, bool register = true, string version = "3.0.19", bool webhooks = false)
    {
        ConsoleText.Begin();
        var database = await TestDatabase.CreateAsync("calls");
        var pool = await SimulatedPool.StartAsync(new SimulatedPoolOptions { Nodes = nodes, ControlPort = null, Version = version, Webhooks = webhooks });
        var settings = Defaults with { Database = new DatabaseSettings { ConnectionString = database.ConnectionString + ";Maximum Pool Size=20" } };
        var built = await ScaleliteHost.BuildAsync(change is null ? settings : change(settings), roles, CancellationToken.None);
        await built.Host.StartAsync();
        var balancer = new Balancer(database, pool, built);
        if (register)
        {
            foreach (var node in pool.Nodes) await balancer.RegisterAsync(node);
        }

        return balancer;
    }

    public T Service<T>()
        where T : notnull => _built.Services.GetRequiredService<T>();

    public Task<string> RegisterAsync(SimulatedNode node, string? tag = null) => RegisterAsync(node.Name, node.Url, node.Secret, tag);

    /// <summary>Puts a server into the pool, enabled and online.</summary>
    public async Task<string> RegisterAsync(string name, string url, string secret, string? tag = null)
    {
        var id = Done(await OperateAsync(servers => servers.RegisterAsync(url, secret, 1, tag, Operator, CancellationToken.None)));
        _ids[name] = id;
        await OperateAsync(servers => servers.EnableAsync(id, Operator, CancellationToken.None));
        await AppendAsync(Streams.Server(id), new ServerCameOnline(id, DateTimeOffset.UtcNow));
        return id;
    }

    public Task EnableAsync(string name) => OperateAsync(servers => servers.EnableAsync(IdOf(name), Operator, CancellationToken.None));

    public Task CordonAsync(string name) => OperateAsync(servers => servers.CordonAsync(IdOf(name), Operator, CancellationToken.None));

    public Task DisableAsync(string name) => OperateAsync(servers => servers.DisableAsync(IdOf(name), Operator, CancellationToken.None));

    public Task RemoveAsync(string name) => OperateAsync(servers => servers.RemoveAsync(IdOf(name), force: true, Operator, CancellationToken.None));

    public Task PanicAsync(string name) =>
        OperateAsync(servers => servers.PanicAsync(IdOf(name), keepState: false, skipEndCalls: true, Operator, CancellationToken.None));

    public Task SuspectAsync(string name) =>
        AppendAsync(Streams.Server(IdOf(name)), new ServerSuspected(IdOf(name), "told by a test", DateTimeOffset.UtcNow));

    public Task OfflineAsync(string name, TimeSpan? since = null) =>
        AppendAsync(Streams.Server(IdOf(name)), new ServerWentOffline(IdOf(name), "told by a test", DateTimeOffset.UtcNow - (since ?? TimeSpan.Zero)));

    public Task OnlineAsync(string name) => AppendAsync(Streams.Server(IdOf(name)), new ServerCameOnline(IdOf(name), DateTimeOffset.UtcNow));

    public Task PollAsync() => Service<PollRound>().RunAsync(CancellationToken.None);

    public async Task AppendAsync(string stream, params object[] events)
    {
        await using var session = Service<IDocumentStore>().LightweightSession();
        session.Events.Append(stream, events);
        await session.SaveChangesAsync();
    }

    /// <summary>The name of the server that holds a meetingID; null if none does.</summary>
    public async Task<string?> LocationAsync(string meetingId) =>
        await Database.ScalarAsync<string>("select server_id from meeting_location where meeting_id = $1", meetingId) is { } id ? NameOf(id) : null;

    /// <summary>Waits until the meeting's start is written, which its caller did not wait for.</summary>
    public Task IsLiveAsync(string meetingId) => Eventually.HoldsAsync(
        $"{meetingId} is live", async () => await Database.ScalarAsync<string>("select state from meeting_location where meeting_id = $1", meetingId) == "live");

    /// <summary>Creates a meeting, which must succeed, and waits until its start is written.</summary>
    public async Task<Reply> CreateAsync(string meetingId, string more = "")
    {
        var reply = await Lms.GetAsync("create", $"name={meetingId}&meetingID={meetingId}{more}");
        if (reply.Code != "SUCCESS") throw new InvalidOperationException(reply.Text);
        await IsLiveAsync(meetingId);
        return reply;
    }

    /// <summary>What a fixture's balancer is, for tests that share it.</summary>
    public SimulatedNode Node(string name) => Pool[name] ?? throw new KeyNotFoundException(name);

    public async ValueTask DisposeAsync()
    {
        Lms.Dispose();
        await _built.Host.StopAsync();
        await _built.DisposeAsync();
        await Pool.DisposeAsync();
        await Database.DisposeAsync();
    }

    private static string Done(ServerOutcome outcome) =>
        outcome is ServerOutcome.Done done ? done.ServerId : throw new InvalidOperationException(outcome.ToString());

    private async Task<ServerOutcome> OperateAsync(Func<ServerOperations, Task<ServerOutcome>> operate)
    {
        await using var scope = _built.Services.CreateAsyncScope();
        var outcome = await operate(scope.ServiceProvider.GetRequiredService<ServerOperations>());
        Done(outcome);
        return outcome;
    }
}
