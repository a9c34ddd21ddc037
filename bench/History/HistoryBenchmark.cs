using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.Configuration;
using Npgsql;
using Scalelite.Api.Configuration;
using Scalelite.Api.Hosting;

namespace Scalelite.Bench.History;

/// <summary>What the commands of the history take on a log of ten million events.</summary>
internal static class HistoryBenchmark
{
    public static async Task RunAsync(string[] options)
    {
        var events = long.Parse(Option(options, "--events") ?? "10000000", CultureInfo.InvariantCulture);
        var servers = int.Parse(Option(options, "--servers") ?? "40", CultureInfo.InvariantCulture);
        await using var database = await BenchDatabase.StartAsync(Option(options, "--folder"));
        var connectionString = await database.CreateAsync("history");
        var environment = Environment(connectionString);
        await using (var built = await ScaleliteHost.BuildAsync(SettingsReading.From(new ConfigurationBuilder().AddInMemoryCollection(environment).Build(), Needs.Database).Settings!, Roles.None, CancellationToken.None))
        {
        }

        if (await CountAsync(connectionString) == 0) await GenerateAsync(connectionString, events, servers);
        var commands = new HistoryCommands(environment, connectionString, options.Contains("--print"));
        if (options.Contains("--verify")) await commands.VerifyAsync();
        await commands.RunAsync(Option(options, "--only"));
    }

    private static async Task GenerateAsync(string connectionString, long events, int servers)
    {
        var began = Stopwatch.StartNew();
        var random = new Random(20_260_302);
        PoolYear year;
        var log = await LogCopy.BeginAsync(connectionString, random);
        await using (log)
        await using (var tables = await HistoryTables.BeginAsync(connectionString))
        {
            year = new PoolYear(log, tables, random, events, servers, new DateTimeOffset(DateTime.UtcNow.Date, TimeSpan.Zero));
            year.Run();
            Say($"{log.Number:n0} events ({log.Bytes / 1e6:n0} MB of JSON) and {tables.Rows:n0} rows written", began);
            await log.CompleteAsync();
            Say("keys of the log made", began);
            await tables.CompleteAsync();
        }

        await HistoryNow.FillAsync(connectionString, year);
        Say($"{year.Placements:n0} meetings on {servers} servers from {year.Began:u} to {year.Ended:u}", began);
    }

    private static void Say(string what, Stopwatch since) => Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{since.Elapsed.TotalSeconds,6:n0} s  {what}"));

    private static async Task<long> CountAsync(string connectionString)
    {
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand("select coalesce(max(seq_id), 0) from mt_events", connection);
        return (long)(await command.ExecuteScalarAsync())!;
    }

    private static Dictionary<string, string?> Environment(string connectionString)
    {
        var to = new NpgsqlConnectionStringBuilder(connectionString);
        return new Dictionary<string, string?>
        {
            ["SECRET_KEY_BASE"] = new string('k', 64),
            ["LOADBALANCER_SECRET"] = "the-secret-of-the-benchmark",
            ["DATABASE_URL"] = $"postgresql:///{to.Database}?host={Uri.EscapeDataString(to.Host!)}&port={to.Port}&user={to.Username}&pool=8",
        };
    }

    private static string? Option(string[] options, string name) => Array.IndexOf(options, name) is >= 0 and var at && at + 1 < options.Length ? options[at + 1] : null;
}
