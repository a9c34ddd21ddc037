using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Scalelite.Api.Configuration;
using Scalelite.Api.Hosting;
using Scalelite.Bench.History;
using Scalelite.EventLog.Sealing;
using Scalelite.Workers.Keeping;
using Scalelite.Workers.Servers;

namespace Scalelite.Bench.Growth;

/// <summary>What a day adds to the database, and what stays of it when it is rolled up.</summary>
internal static class GrowthBenchmark
{
    // As the generator of histories has it: polls once a minute, a hundred meetings a server.
    private const int EventsOfServerAndDay = 2_380;

    private static readonly string SizesSql =
        $"""
        select pg_total_relation_size('mt_events') + pg_total_relation_size('mt_streams'),
               (select sum(pg_total_relation_size(relid)) from pg_statio_user_tables where relname not like 'mt%' and relname <> 'log_seal')::bigint,
               (select count(*) from mt_events), (select count(*) from mt_streams),
               {string.Join(", ", new[] { "polls-", "joins-", "meeting-" }.Select(prefix =>
                   $"(select coalesce(sum(pg_column_size(e.*)), 0) from mt_events e where stream_id like '{prefix}%')::bigint"))},
               (select coalesce(sum(pg_column_size(e.*)), 0) from mt_events e)::bigint
        """;

    public static async Task RunAsync(string[] options)
    {
        var sizes = (Option(options, "--servers") ?? "10,100").Split(',').Select(n => int.Parse(n, CultureInfo.InvariantCulture));
        var days = int.Parse(Option(options, "--days") ?? "7", CultureInfo.InvariantCulture);
        await using var database = await BenchDatabase.StartAsync();
        Console.WriteLine("What a day adds, in MB of a million bytes. Log, read models and seals: tables with their indexes; polls, joins and meetings: rows alone.");
        Console.WriteLine("| servers | events | streams | log | polls | joins | meetings | read models | rolled up: events | log | seals | ms a stream |");
        Console.WriteLine("| ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |");
        foreach (var servers in sizes) await RunAsync(database, servers, days);
    }

    private static async Task RunAsync(BenchDatabase database, int servers, int days)
    {
        var connectionString = await database.CreateAsync($"growth_{servers}");
        var settings = SettingsReading.From(Environment(connectionString), Needs.Everything).Settings!;
        await using var built = await ScaleliteHost.BuildAsync(settings, Roles.None, CancellationToken.None);
        await GenerateAsync(connectionString, servers, days);
        await using var source = NpgsqlDataSource.Create(connectionString + ";Command Timeout=600");
        var before = await SizesAsync(source);
        var (streams, seconds) = await PruneAsync(built.Services, source);
        var after = await SizesAsync(source);
        await using var seals = source.CreateCommand("select pg_total_relation_size('log_seal')");
        var sealedBytes = (long)(await seals.ExecuteScalarAsync())!;
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"| {servers:n0} | {before.Events / days:n0} | {before.Streams / days:n0} | {Mb(before.Log / days)} | {Mb(before.Polls / days)} | {Mb(before.Joins / days)} | {Mb(before.Meetings / days)} | {Mb(before.Rows / days)} | {after.Events / days:n0} | {Mb(after.Log / days)} | {Mb(sealedBytes / days)} | {1000 * seconds / Math.Max(1, streams):n1} |"));
    }

    private static async Task GenerateAsync(string connectionString, int servers, int days)
    {
        var random = new Random(20_260_302);
        await using var log = await LogCopy.BeginAsync(connectionString, random);
        await using var tables = await HistoryTables.BeginAsync(connectionString);
        new PoolYear(log, tables, random, EventsOfServerAndDay * (long)servers * days, servers, new DateTimeOffset(DateTime.UtcNow.Date.AddDays(-60), TimeSpan.Zero)).Run();
        await log.CompleteAsync();
        await tables.CompleteAsync();
    }

    /// <summary>Nothing is shown of these servers now, so all their polls go.</summary>
    private static async Task<(int Streams, double Seconds)> PruneAsync(IServiceProvider services, NpgsqlDataSource source)
    {
        var sealer = new LogSealer(source, new SealKey(new string('k', 64)), TimeProvider.System);
        await using (var last = source.CreateCommand("select max(seq_id) from mt_events"))
        {
            var upTo = (long)(await last.ExecuteScalarAsync())!;
            while (await sealer.SealAsync(upTo) is not null)
            {
            }
        }

        var keeping = services.GetRequiredService<HistoryKeeping>();
        var began = Stopwatch.GetTimestamp();
        var report = await keeping.LookAsync(new ChangedBy("bench"), leisurely: false, (_, _, failure) => Fail(failure), CancellationToken.None);
        var seconds = Stopwatch.GetElapsedTime(began).TotalSeconds;
        await using var vacuum = source.CreateCommand("vacuum (full, analyze) mt_events");
        await vacuum.ExecuteNonQueryAsync();
        return (report.Streams, seconds);
    }

    private static async Task<Sizes> SizesAsync(NpgsqlDataSource source)
    {
        await using var command = source.CreateCommand(SizesSql);
        await using var row = await command.ExecuteReaderAsync();
        await row.ReadAsync();
        return new Sizes(row.GetInt64(0), row.GetInt64(1), row.GetInt64(2), row.GetInt64(3), row.GetInt64(4), row.GetInt64(5), row.GetInt64(6));
    }

    private static string? Option(string[] options, string name) => Array.IndexOf(options, name) is >= 0 and var at && at + 1 < options.Length ? options[at + 1] : null;

    private static void Fail(Exception? failure)
    {
        if (failure is not null) throw new InvalidOperationException("A stream was not pruned", failure);
    }

    private static string Mb(long bytes) => (bytes / 1e6).ToString("n1", CultureInfo.InvariantCulture);

    private static IConfiguration Environment(string connectionString)
    {
        var to = new NpgsqlConnectionStringBuilder(connectionString);
        return new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["SECRET_KEY_BASE"] = new string('k', 64),
            ["LOADBALANCER_SECRET"] = "the-secret-of-the-benchmark",
            ["POLL_HISTORY_DAYS"] = "30",
            ["DATABASE_URL"] = $"postgresql:///{to.Database}?host={Uri.EscapeDataString(to.Host!)}&port={to.Port}&user={to.Username}&pool=8",
        }).Build();
    }

    private sealed record Sizes(long Log, long Rows, long Events, long Streams, long Polls, long Joins, long Meetings);
}
