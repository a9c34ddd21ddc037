using System.Diagnostics;
using System.Globalization;
using Npgsql;

namespace Scalelite.Bench.Append;

/// <summary>
/// Transactions a second of the event store beside a batch made by hand that writes the same rows with the same checks, on the same
/// number of connections, in short rounds that take turns. The ratio is the median of the ratios of neighbouring rounds, so that what
/// else the machine does meets both. Options: <c>--milliseconds N</c> a round (300), <c>--rounds N</c> (15),
/// <c>--events N</c> a transaction (1).
/// </summary>
internal static class AppendBenchmark
{
    public static async Task RunAsync(string[] args)
    {
        var milliseconds = Option(args, "--milliseconds", 300);
        var rounds = Option(args, "--rounds", 15);
        var events = Option(args, "--events", 1);
        await using var database = await BenchDatabase.StartAsync();
        Console.WriteLine($"{Environment.ProcessorCount} processors, {rounds} rounds of {milliseconds} ms each, {events} event(s) a transaction, medians of transactions a second");
        Console.WriteLine();
        Console.WriteLine("| write | prepared | writers | by hand | event store | ratio |");
        Console.WriteLine("| --- | --- | ---: | ---: | ---: | ---: |");
        foreach (var prepares in (bool[])[true, false])
        {
            foreach (var starts in (bool[])[true, false])
            {
                foreach (var writers in (int[])[1, 4, 16])
                {
                    await using var source = await database.ConnectAsync(writers, prepares);
                    await CreateTablesAsync(source);
                    var (hand, store, ratio) = await MeasureAsync(source, starts, writers, events, TimeSpan.FromMilliseconds(milliseconds), rounds);
                    Console.WriteLine(string.Create(
                        CultureInfo.InvariantCulture,
                        $"| {(starts ? "new stream" : "at a version")} | {(prepares ? "yes" : "no")} | {writers} | {hand:n0} | {store:n0} | {ratio:p0} |"));
                }
            }
        }
    }

    private static async Task<(double Hand, double Store, double Ratio)> MeasureAsync(
        NpgsqlDataSource source, bool starts, int writers, int events, TimeSpan round, int rounds)
    {
        var store = new DocumentStore(source, [typeof(BenchCounted)], [new BenchRows()]);
        var (hand, ours) = (new List<double>(), new List<double>());

        // The first round warms up, and every other round begins with the other one.
        for (var i = 0; i <= rounds; i++)
        {
            var handFirst = i % 2 == 0;
            var first = await RoundAsync(handFirst);
            var second = await RoundAsync(!handFirst);
            if (i == 0) continue;
            hand.Add(handFirst ? first : second);
            ours.Add(handFirst ? second : first);
        }

        return (Median(hand), Median(ours), Median([.. ours.Zip(hand, (o, h) => o / h)]));

        Task<double> RoundAsync(bool byHand) => TransactionsPerSecondAsync(
            writers,
            round,
            (stream, version) => byHand ? HandMadeBatch.WriteAsync(source, stream, version, events) : StoreWrite.WriteAsync(store, stream, version, events),
            starts ? null : events);
    }

    private static async Task<double> TransactionsPerSecondAsync(int writers, TimeSpan time, Func<string, long, Task> write, int? step)
    {
        var clock = Stopwatch.StartNew();
        var counts = await Task.WhenAll(Enumerable.Range(0, writers).Select(_ => Task.Run(async () =>
        {
            var stream = NewStream();
            var count = 0;
            for (var version = 0L; clock.Elapsed < time; count++)
            {
                await write(stream, version);
                if (step is { } on) version += on;
                else stream = NewStream();
            }

            return count;
        })));
        return counts.Sum() / clock.Elapsed.TotalSeconds;
    }

    private static string NewStream() => $"bench-{Guid.CreateVersion7():n}";

    private static async Task CreateTablesAsync(NpgsqlDataSource source)
    {
        await EventTables.CreateAsync(source);
        await using var batch = source.CreateBatch();
        batch.BatchCommands.Add(new NpgsqlBatchCommand("drop table if exists bench_rows"));
        batch.BatchCommands.Add(new NpgsqlBatchCommand("create table bench_rows (id text primary key, n bigint not null)"));
        batch.BatchCommands.Add(new NpgsqlBatchCommand("truncate mt_streams, mt_events"));
        await batch.ExecuteNonQueryAsync();
    }

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);

    private static int Option(string[] args, string name, int otherwise)
    {
        var at = Array.IndexOf(args, name);
        return at >= 0 && at + 1 < args.Length ? int.Parse(args[at + 1], CultureInfo.InvariantCulture) : otherwise;
    }
}
