using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Scalelite.Api.Hosting;
using Scalelite.BigBlueButton.Checksums;
using Scalelite.Projections.Servers;
using Scalelite.Simulator;
using Scalelite.Workers.Configuration;
using Scalelite.Workers.Servers;

namespace Scalelite.Bench.Pool;

/// <summary>
/// The BBB calls over real HTTP: clients, load balancer, simulated nodes and PostgreSQL share the machine, so the figures are what is
/// left for each; what counts is how they change with the number of nodes.
/// </summary>
internal static class PoolBenchmark
{
    private const string Secret = "the-secret-of-the-benchmark";
    private const int Callers = 32;

    public static async Task RunAsync(string[] options)
    {
        var nodes = options.Length > 0 ? options[0].Split(',').Select(n => int.Parse(n, CultureInfo.InvariantCulture)).ToArray() : [20, 200, 1000];
        var calls = options.Length > 1 ? int.Parse(options[1], CultureInfo.InvariantCulture) : 2_000;
        await using var database = await BenchDatabase.StartAsync();
        Console.WriteLine("| nodes | call | calls a second | p50 ms | p99 ms |");
        Console.WriteLine("| ---: | --- | ---: | ---: | ---: |");
        foreach (var count in nodes)
        {
            await MeasureAsync(await database.CreateAsync($"pool_{count}"), count, calls);
        }
    }

    private static async Task MeasureAsync(string connectionString, int nodes, int calls)
    {
        await using var simulated = await SimulatedPool.StartAsync(new SimulatedPoolOptions { Nodes = nodes, ControlPort = null });
        var port = FreePort();
        var settings = new Settings
        {
            Security = new SecuritySettings { SecretKeyBase = new string('k', 40), LoadBalancerSecrets = [Secret] },
            Database = new DatabaseSettings { ConnectionString = AsServed(connectionString) },
            Http = new HttpSettings { Listen = $"http://127.0.0.1:{port}" },
            Logging = new LoggingSettings { Level = LogLevelName.Error },
        };
        await using var built = await ScaleliteHost.BuildAsync(settings, Roles.Api | Roles.Workers, CancellationToken.None);
        await built.Host.StartAsync();
        await RegisterAsync(built.Services, simulated);

        using var http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false, MaxConnectionsPerServer = Callers });
        var origin = $"http://127.0.0.1:{port}/bigbluebutton/api/";
        await RunAsync(nodes, "create", calls, i => http.GetAsync(Url(origin, "create", $"meetingID=room-{i}&name=Room")));
        foreach (var call in (string[])["join", "isMeetingRunning", "getMeetingInfo"])
        {
            var more = call == "join" ? "&fullName=Ann&role=VIEWER" : "";
            await RunAsync(nodes, call, 4 * calls, i => http.GetAsync(Url(origin, call, $"meetingID=room-{i % calls}{more}")));
        }

        await RunAsync(nodes, "getMeetings", 20, _ => http.GetAsync(Url(origin, "getMeetings", "")), callers: 1);
        await built.Host.StopAsync();
    }

    private static async Task RegisterAsync(IServiceProvider services, SimulatedPool simulated)
    {
        foreach (var node in simulated.Nodes)
        {
            await using var scope = services.CreateAsyncScope();
            var operations = scope.ServiceProvider.GetRequiredService<ServerOperations>();
            if (await operations.RegisterAsync(node.Url, node.Secret, 1, null, new ChangedBy("bench"), CancellationToken.None) is not ServerOutcome.Done added)
            {
                throw new InvalidOperationException($"{node.Url} was not registered");
            }

            await operations.EnableAsync(added.ServerId, new ChangedBy("bench"), CancellationToken.None);
        }

        var pool = services.GetRequiredService<ServerPool>();
        var deadline = Stopwatch.StartNew();
        while (!(await pool.ListAsync(CancellationToken.None)).All(s => s.TakesMeetings))
        {
            if (deadline.Elapsed > TimeSpan.FromMinutes(2)) throw new TimeoutException("The servers did not come online");
            await Task.Delay(50);
        }
    }

    private static async Task RunAsync(int nodes, string call, int calls, Func<int, Task<HttpResponseMessage>> send, int callers = Callers)
    {
        var times = new double[calls];
        var began = Stopwatch.GetTimestamp();
        await Parallel.ForAsync(0, calls, new ParallelOptions { MaxDegreeOfParallelism = callers }, async (i, cancellation) =>
        {
            var sent = Stopwatch.GetTimestamp();
            using var answer = await send(i);
            var body = await answer.Content.ReadAsStringAsync(cancellation);
            times[i] = Stopwatch.GetElapsedTime(sent).TotalMilliseconds;
            var isRight = call == "join" ? answer.StatusCode == HttpStatusCode.Found : body.Contains("SUCCESS", StringComparison.Ordinal);
            if (!isRight) throw new InvalidOperationException($"{call}: {answer.StatusCode} {body}");
        });
        var seconds = Stopwatch.GetElapsedTime(began).TotalSeconds;
        Array.Sort(times);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"| {nodes} | {call} | {calls / seconds:n0} | {times[calls / 2]:n1} | {times[(int)(calls * 0.99)]:n1} |"));
    }

    private static Uri Url(string origin, string call, string query)
    {
        var checksum = Checksum.Compute(ChecksumAlgorithm.Sha256, call, query, Secret);
        return new Uri($"{origin}{call}?{query}{(query.Length == 0 ? "" : "&")}checksum={checksum}");
    }

    /// <summary>With what DATABASE_URL's reading adds.</summary>
    private static string AsServed(string connectionString) =>
        new NpgsqlConnectionStringBuilder(connectionString) { MaxAutoPrepare = 200, AutoPrepareMinUsages = 2, MaxPoolSize = 30 }.ConnectionString;

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
