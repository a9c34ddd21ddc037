using System.Diagnostics;
using System.Globalization;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using Scalelite.Flavour;

namespace Scalelite.Bench.Messages;

/// <summary>Durable messages a second: stored, claimed, handled by an empty handler, acknowledged. Program and database share the machine.</summary>
internal static class MessagesBenchmark
{
    private const int Publishers = 256;

    /// <summary>Options: how many messages a round (20000), how many rounds (3).</summary>
    public static async Task RunAsync(string[] options)
    {
        var messages = options.Length > 0 ? int.Parse(options[0], CultureInfo.InvariantCulture) : 20_000;
        var rounds = options.Length > 1 ? int.Parse(options[1], CultureInfo.InvariantCulture) : 3;
        await using var server = await BenchDatabase.StartAsync();
        await using var database = await server.ConnectAsync(connections: 16, prepares: true);

        using (await StartAsync(database, handles: false))
        {
            // Only for its tables.
        }

        Console.WriteLine($"{messages} messages a round, {Publishers} publishers, {Environment.ProcessorCount} processors; messages a second");
        Console.WriteLine($"{"round",5} {"together",10} {"by hand",10} {"ratio",6} {"published",10} {"handled",10}");
        for (var round = 0; round <= rounds; round++)
        {
            var together = await Together(database, messages);
            var byHand = await ByHand(database, messages);
            var (published, handled) = await Apart(database, messages);
            Console.WriteLine(
                $"{(round == 0 ? "warm" : round),5} {together,10:n0} {byHand,10:n0} {together / byHand,6:n2} {published,10:n0} {handled,10:n0}");
        }
    }

    /// <summary>One process publishes and handles at the same time; until the last one is acknowledged.</summary>
    private static async Task<double> Together(NpgsqlDataSource database, int messages)
    {
        using var host = await StartAsync(database, handles: true);
        var clock = Stopwatch.StartNew();
        await PublishAsync(host.Services, messages);
        await HandledAsync(database, host.Services, messages);
        var rate = messages / clock.Elapsed.TotalSeconds;
        await host.StopAsync();
        return rate;
    }

    private static async Task<double> ByHand(NpgsqlDataSource database, int messages)
    {
        var clock = Stopwatch.StartNew();
        await HandMadeQueue.RunAsync(database, messages);
        return messages / clock.Elapsed.TotalSeconds;
    }

    /// <summary>First all are published, then another process's worth of services handles them.</summary>
    private static async Task<(double Published, double Handled)> Apart(NpgsqlDataSource database, int messages)
    {
        using var sender = await StartAsync(database, handles: false);
        var clock = Stopwatch.StartNew();
        await PublishAsync(sender.Services, messages);
        var published = messages / clock.Elapsed.TotalSeconds;

        clock.Restart();
        using var worker = await StartAsync(database, handles: true);
        await HandledAsync(database, worker.Services, messages);
        var handled = messages / clock.Elapsed.TotalSeconds;
        await worker.StopAsync();
        return (published, handled);
    }

    private static async Task PublishAsync(IServiceProvider services, int messages)
    {
        var left = new StrongBox<int>(messages);
        await Task.WhenAll(Enumerable.Range(0, Publishers).Select(async _ =>
        {
            await using var scope = services.CreateAsyncScope();
            var bus = scope.ServiceProvider.GetRequiredService<IMessageBus>();
            while (Interlocked.Decrement(ref left.Value) >= 0) await bus.PublishAsync(new Ping(Guid.NewGuid(), 1));
        }));
    }

    private static async Task HandledAsync(NpgsqlDataSource database, IServiceProvider services, int messages)
    {
        var tally = services.GetRequiredService<Tally>();
        while (tally.Handled < messages) await Task.Delay(5);
        await using var left = database.CreateCommand("select count(*) from message");
        while ((long)(await left.ExecuteScalarAsync())! > 0) await Task.Delay(5);
    }

    private static async Task<IHost> StartAsync(NpgsqlDataSource database, bool handles)
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        builder.Services.AddSingleton<Tally>();
        builder.AddEventSourcing(database, [], [], [typeof(EmptyHandler).Assembly], handles);
        var host = builder.Build();
        await HostSetup.CreateEventTablesAsync(database, host.Services);
        await host.StartAsync();
        return host;
    }
}
