using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.Configuration;
using Npgsql;
using Scalelite.Api.CommandLine;

namespace Scalelite.Bench.History;

/// <summary>Runs commands as the shell would, in this process, and prints how long they took.</summary>
/// <param name="prints">Shows what each said at its first run.</param>
internal sealed class HistoryCommands(IConfiguration environment, string connectionString, bool prints)
{
    private const int Warm = 2;

    /// <summary>Compares the tables that were filled by COPY with what the projections make of the log.</summary>
    public async Task VerifyAsync() => Console.WriteLine(await SayAsync(["projections", "rebuild", "--verify"], mayRefuse: true));

    /// <summary>Runs them all, and prints a table.</summary>
    /// <param name="only">Only those whose name has this part.</param>
    public async Task RunAsync(string? only)
    {
        Console.WriteLine("| command | runs | p50 ms | p99 ms | lines of its answer |");
        Console.WriteLine("| --- | ---: | ---: | ---: | ---: |");
        foreach (var (name, runs, arguments) in await CommandsAsync())
        {
            if (only is not null && !name.Contains(only, StringComparison.Ordinal)) continue;
            await MeasureAsync(name, runs, arguments);
        }
    }

    private async Task<List<(string Name, int Runs, Func<int, string[]> Arguments)>> CommandsAsync()
    {
        var meetings = await ColumnAsync<string>(
            "select meeting_id from (select meeting_id, row_number() over (order by placed_at) as n, count(*) over () as all from meeting_instance) m where n % greatest(1, m.all / 60) = 0");
        var internalIds = await ColumnAsync<string>("select internal_meeting_id from meeting_internal_id tablesample system (1) limit 60");
        return
        [
            ("servers list (what any command costs)", 20, _ => ["servers", "list"]),
            ("explain MEETINGID", 50, n => ["explain", meetings[n % meetings.Count]]),
            ("explain INTERNALID --json", 50, n => ["explain", internalIds.Count > 0 ? internalIds[n % internalIds.Count] : meetings[0], "--json"]),
        ];
    }

    private async Task MeasureAsync(string name, int runs, Func<int, string[]> arguments)
    {
        for (var n = 0; n < Math.Min(Warm, runs - 1); n++) await SayAsync(arguments(n + 7));
        var times = new double[runs];
        var lines = 0;
        for (var n = 0; n < runs; n++)
        {
            var began = Stopwatch.GetTimestamp();
            var said = await SayAsync(arguments(n));
            times[n] = Stopwatch.GetElapsedTime(began).TotalMilliseconds;
            lines = said.Count(c => c == '\n');
            if (prints && n == 0) Console.WriteLine(said);
        }

        Array.Sort(times);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {name} | {runs} | {times[runs / 2]:n0} | {times[(int)(runs * 0.99)]:n0} | {lines:n0} |"));
    }

    private async Task<string> SayAsync(string[] arguments, bool mayRefuse = false)
    {
        await using var output = new StringWriter();
        await using var error = new StringWriter();
        var code = await ScaleliteCommand.RunAsync(arguments, output, error, environment);
        return code == 0 || mayRefuse ? output.ToString() : throw new InvalidOperationException($"{string.Join(' ', arguments)}: {error}");
    }

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
