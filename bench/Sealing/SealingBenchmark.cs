using System.Diagnostics;
using System.Globalization;
using Npgsql;
using Scalelite.Bench.Append;
using Scalelite.EventLog;
using Scalelite.EventLog.Sealing;
using Scalelite.EventLog.Sealing.Verifying;

namespace Scalelite.Bench.Sealing;

/// <summary>
/// What sealing the log costs: events a second that are sealed and verified, bytes a seal keeps of an event, and transactions a second of four
/// writers with and without a sealer that seals all that is new once a second, in short rounds that take turns. Options: <c>--events N</c>
/// that are sealed (200000), <c>--milliseconds N</c> a round (4000), <c>--rounds N</c> (11).
/// </summary>
internal static class SealingBenchmark
{
    private const int Writers = 4;

    // A poll of a server with five meetings has about that many characters.
    private const string FillSql =
        """
        insert into mt_streams (id, version) select 'polls-' || s, 0 from generate_series(0, 99) s;
        insert into mt_events (seq_id, id, stream_id, version, data, type, timestamp, mt_dotnet_type, correlation_id, headers)
        select n, gen_random_uuid(), 'polls-' || n % 100, n, jsonb_build_object('ServerId', n % 100, 'Meetings', (
                   select jsonb_agg(jsonb_build_object('MeetingId', md5((n * 5 + m)::text), 'InternalMeetingId', md5((n + m)::text) || '-1531155809613',
                                                       'Participants', 20 + m, 'Moderators', 1, 'Videos', m, 'Recording', false))
                   from generate_series(1, 5) m)),
               'server_polled', now(), 'x', gen_random_uuid()::text, '{"actor": "poller"}'
        from generate_series(1, EVENTS) n;
        select setval('mt_events_sequence', EVENTS);
        """;

    public static async Task RunAsync(string[] args)
    {
        var events = Option(args, "--events", 200_000);
        await using var database = await BenchDatabase.StartAsync();
        await using var source = await database.ConnectAsync(Writers + 3, prepares: true);
        await EventTables.CreateAsync(source);
        await DatabaseSchema.InstallAsync(source, DatabaseSchema.Scripts);
        await using (var fill = source.CreateBatch())
        {
            foreach (var statement in FillSql.Replace("EVENTS", events.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal).Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
                fill.BatchCommands.Add(new NpgsqlBatchCommand(statement));
            fill.BatchCommands.Add(new NpgsqlBatchCommand("create table bench_rows (id text primary key, n bigint not null)"));
            fill.Timeout = 600;
            await fill.ExecuteNonQueryAsync();
        }

        var key = new SealKey("a key base of the benchmark's own, long enough");
        var sealer = new LogSealer(source, key, TimeProvider.System);
        Console.WriteLine($"{Environment.ProcessorCount} processors, {events} events of {await ScalarAsync(source, "select avg(octet_length(data::text))::bigint from mt_events"):n0} bytes");
        Console.WriteLine();
        Console.WriteLine("| what | events a second |");
        Console.WriteLine("| --- | ---: |");
        var clock = Stopwatch.StartNew();
        while (await sealer.SealAsync(events) is not null)
        {
        }

        Tell("sealed, without a rest", events / clock.Elapsed.TotalSeconds);
        var kept = await ScalarAsync(source, "select pg_total_relation_size('log_seal')") / (double)events;
        clock.Restart();
        var wrong = 0;
        await foreach (var finding in new LogVerification(source, [key]).VerifyAsync(1, null, new VerifyProgress()))
            if (finding.IsWrong) wrong++;
        Tell(wrong == 0 ? "verified" : $"verified ({wrong} wrong!)", events / clock.Elapsed.TotalSeconds);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"\n{kept:n0} bytes on the disk for each event, {Process.GetCurrentProcess().PeakWorkingSet64 >> 20} MB of memory at most\n"));

        await BesideWritersAsync(source, sealer, TimeSpan.FromMilliseconds(Option(args, "--milliseconds", 4000)), Option(args, "--rounds", 11));
    }

    private static async Task BesideWritersAsync(NpgsqlDataSource source, LogSealer sealer, TimeSpan round, int rounds)
    {
        var store = new DocumentStore(source, [typeof(BenchCounted)], [new BenchRows()]);
        var (alone, beside) = (new List<double>(), new List<double>());
        for (var i = 0; i <= rounds; i++)
        {
            var first = await RoundAsync(i % 2 == 0);
            var second = await RoundAsync(i % 2 != 0);
            if (i == 0) continue;
            (i % 2 == 0 ? beside : alone).Add(first);
            (i % 2 == 0 ? alone : beside).Add(second);
        }

        Console.WriteLine("| transactions a second | |");
        Console.WriteLine("| --- | ---: |");
        Tell("without a sealer", Median(alone));
        Tell("with one, once a second", Median(beside));
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"| ratio, median of {rounds} rounds | {Median([.. beside.Zip(alone, (with, without) => with / without)]):p1} |"));

        async Task<double> RoundAsync(bool seals)
        {
            using var stop = new CancellationTokenSource();
            var sealing = seals ? Task.Run(() => SealAsync(source, sealer, stop.Token)) : Task.CompletedTask;
            var clock = Stopwatch.StartNew();
            var counts = await Task.WhenAll(Enumerable.Range(0, Writers).Select(_ => Task.Run(async () =>
            {
                var (count, stream) = (0, $"bench-{Guid.CreateVersion7():n}");
                for (; clock.Elapsed < round; count++) await StoreWrite.WriteAsync(store, stream, count, events: 1);
                return count;
            })));
            var speed = counts.Sum() / clock.Elapsed.TotalSeconds;
            await stop.CancelAsync();
            await sealing;
            return speed;
        }
    }

    private static async Task SealAsync(NpgsqlDataSource source, LogSealer sealer, CancellationToken stop)
    {
        var head = new SafeHead(source);
        try
        {
            while (!stop.IsCancellationRequested)
            {
                var safe = await head.WaitAsync(stop);
                while (await sealer.SealAsync(safe, cancellation: stop) is { } seal && seal.Last < safe)
                {
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The round is over.
        }
    }

    private static async Task<long> ScalarAsync(NpgsqlDataSource source, string sql)
    {
        await using var command = source.CreateCommand(sql);
        return (long)(await command.ExecuteScalarAsync())!;
    }

    private static void Tell(string what, double number) => Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {what} | {number:n0} |"));

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);

    private static int Option(string[] args, string name, int otherwise)
    {
        var at = Array.IndexOf(args, name);
        return at >= 0 && at + 1 < args.Length ? int.Parse(args[at + 1], CultureInfo.InvariantCulture) : otherwise;
    }
}
