using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Scalelite.Api.CommandLine;
using Scalelite.Api.Configuration;
using Scalelite.EventLog;
using Scalelite.EventLog.Sealing;
using Scalelite.Workers.History;

namespace Scalelite.Bench.History;

/// <summary>Runs commands as the shell would, in this process, and prints how long they took; what workers do beside them, too.</summary>
/// <param name="environment">The settings, by the names of the environment.</param>
/// <param name="prints">Shows what each said at its first run.</param>
internal sealed class HistoryCommands(IReadOnlyDictionary<string, string?> environment, string connectionString, bool prints)
{
    private const int Warm = 2;

    private readonly Random _random = new(7);

    /// <summary>Compares the tables that were filled by COPY with what the projections make of the log.</summary>
    public async Task VerifyAsync() => Console.WriteLine(await SayAsync(["projections", "rebuild", "--verify"], mayRefuse: true));

    /// <summary>Runs them all, and prints a table.</summary>
    /// <param name="only">Only those whose name has this part.</param>
    public async Task RunAsync(string? only)
    {
        Console.WriteLine("| what | runs | p50 ms | p99 ms | lines, or events a second |");
        Console.WriteLine("| --- | ---: | ---: | ---: | ---: |");
        foreach (var (name, run) in await StepsAsync())
        {
            if (only is null || name.Contains(only, StringComparison.Ordinal)) await run(name);
        }
    }

    private async Task<List<(string Name, Func<string, Task> Run)>> StepsAsync()
    {
        var meetings = await ColumnAsync<string>("select meeting_id from meeting_instance where state = 'ended' order by md5(meeting_id) limit 60");
        var internalIds = await ColumnAsync<string>("select internal_meeting_id from meeting_internal_id order by md5(internal_meeting_id) limit 60");
        var instances = await ColumnAsync<Guid>("select instance from meeting_instance where state = 'ended' order by md5(instance::text) limit 30");
        var began = (await ColumnAsync<DateTime>("select min(placed_at) from placement"))[0];
        var ended = (await ColumnAsync<DateTime>("select max(placed_at) from placement"))[0];
        // A working day with its morning, or what there is of one.
        var day = ended.Date.AddDays(-1);
        while (day > began && day.DayOfWeek is DayOfWeek.Saturday or DayOfWeek.Sunday) day = day.AddDays(-1);
        var (from, to) = (Moment(day), Moment(day.AddDays(1)));
        var month = Moment(new DateTime(Math.Max(began.Ticks, day.AddDays(-30).Ticks), DateTimeKind.Utc));
        string At() => Moment(began + ((ended - began) * _random.NextDouble()));
        var folder = Directory.CreateTempSubdirectory("scalelite-export-").FullName;
        return
        [
            Command("servers list (what any command costs)", 20, _ => ["servers", "list"]),
            ("checkpoints of the whole log", name => RateAsync(name, CheckpointAsync)),
            Command("explain MEETINGID", 50, n => ["explain", meetings[n % meetings.Count]]),
            Command("explain INTERNALID --json", 50, n => ["explain", internalIds[n % internalIds.Count], "--json"]),
            Command("status --at, any moment", 50, _ => ["status", "--at", At()]),
            Command("meetings list --at, any moment", 20, _ => ["meetings", "list", "--at", At()]),
            Command("imbalance, a day", 3, _ => ["imbalance", "--from", from, "--to", to]),
            Command("imbalance, a month in buckets of 1h", 1, _ => ["imbalance", "--from", month, "--to", to, "--bucket", "1h"]),
            Command("whatif, a day", 3, _ => ["whatif", "--policy", "round-robin", "--from", from, "--to", to]),
            Command("whatif, a month", 1, _ => ["whatif", "--policy", "round-robin", "--from", month, "--to", to]),
            Command("export polls, a day, csv", 3, n => ["export", "polls", "--from", from, "--to", to, "--output", Path.Combine(folder, $"{n}.csv")]),
            Command("export placements, a month, parquet", 1, _ => ["export", "placements", "--from", month, "--to", to, "--format", "parquet", "--output", Path.Combine(folder, "p.parquet")]),
            ("sealing the whole log", name => RateAsync(name, SealAsync)),
            Command("audit verify", 1, _ => ["audit", "verify"]),
            Command("audit log", 10, _ => ["audit", "log"]),
            Command("forget meeting", 20, n => ["forget", "meeting", instances[n % instances.Count].ToString(), "--yes", "--reason", "benchmark"]),
            Command("prune, one day", 1, _ => ["prune"], new() { ["POLL_HISTORY_DAYS"] = Math.Max(1, (int)(DateTime.UtcNow - began.Date).TotalDays - 1).ToString(CultureInfo.InvariantCulture) }),
        ];
    }

    private (string Name, Func<string, Task> Run) Command(string name, int runs, Func<int, string[]> arguments, Dictionary<string, string?>? settings = null) =>
        (name, _ => MeasureAsync(name, runs, arguments, settings));

    private async Task MeasureAsync(string name, int runs, Func<int, string[]> arguments, Dictionary<string, string?>? settings)
    {
        for (var n = 0; n < Math.Min(Warm, runs - 1); n++) await SayAsync(arguments(n + 7), settings);
        var times = new double[runs];
        var lines = 0;
        for (var n = 0; n < runs; n++)
        {
            var began = Stopwatch.GetTimestamp();
            var said = await SayAsync(arguments(n), settings);
            times[n] = Stopwatch.GetElapsedTime(began).TotalMilliseconds;
            lines = said.Count(c => c == '\n');
            if (prints && n == 0) Console.WriteLine(said);
        }

        Array.Sort(times);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {name} | {runs} | {times[runs / 2]:n0} | {times[(int)(runs * 0.99)]:n0} | {lines:n0} |"));
    }

    private static async Task RateAsync(string name, Func<Task<long>> work)
    {
        var began = Stopwatch.StartNew();
        var events = await work();
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"| {name} | 1 | {began.Elapsed.TotalMilliseconds:n0} | | {events / began.Elapsed.TotalSeconds:n0} a second |"));
    }

    private async Task<long> CheckpointAsync()
    {
        await using var database = NpgsqlDataSource.Create(connectionString);
        var settings = SettingsReading.From(Sources(null), Needs.Database).Settings!;
        using var checkpointing = new PoolCheckpointing(database, settings, TimeProvider.System, NullLogger<PoolCheckpointing>.Instance);
        // The safe head takes a second to be known.
        await new SafeHead(database).WaitAsync();
        for (var idle = 0; idle < 30;)
        {
            if (await checkpointing.LookAsync(CancellationToken.None)) idle = 0;
            else
            {
                idle++;
                await Task.Delay(100);
            }
        }

        return (await ColumnAsync<long>("select max(number) from pool_checkpoint"))[0];
    }

    private async Task<long> SealAsync()
    {
        await using var database = NpgsqlDataSource.Create(connectionString);
        var sealer = new LogSealer(database, new SealKey(environment["SECRET_KEY_BASE"]!), TimeProvider.System);
        var safe = await new SafeHead(database).WaitAsync();
        while (await sealer.SealAsync(safe) is { } seal && seal.Last < safe)
        {
        }

        return safe;
    }

    private async Task<string> SayAsync(string[] arguments, Dictionary<string, string?>? settings = null, bool mayRefuse = false)
    {
        await using var output = new StringWriter();
        await using var error = new StringWriter();
        var code = await ScaleliteCommand.RunAsync(arguments, output, error, Sources(settings));
        return code == 0 ? output.ToString()
            : mayRefuse ? output.ToString() + error
            : throw new InvalidOperationException($"{string.Join(' ', arguments)}: {error}");
    }

    private IConfiguration Sources(Dictionary<string, string?>? more) =>
        new ConfigurationBuilder().AddInMemoryCollection(environment).AddInMemoryCollection(more ?? []).Build();

    private static string Moment(DateTime at) => at.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);

    private async Task<List<T>> ColumnAsync<T>(string sql)
    {
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        await using var row = await command.ExecuteReaderAsync();
        var values = new List<T>();
        while (await row.ReadAsync()) values.Add(row.GetFieldValue<T>(0));
        return values;
    }
}
