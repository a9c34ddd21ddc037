using Scalelite.Bench;
using Scalelite.Bench.Append;
using Scalelite.Bench.Growth;
using Scalelite.Bench.History;
using Scalelite.Bench.Messages;
using Scalelite.Bench.Pool;
using Scalelite.Bench.Recordings;
using Scalelite.Bench.Sealing;

// One file, or folder, for each benchmark: a name, what it shows, and what runs it.
Benchmark[] benchmarks =
[
    new("append", "transactions a second (one event, one read-model row), beside a hand-made batch", AppendBenchmark.RunAsync),
    new("messages", "durable messages a second, published, handled by an empty handler, acknowledged", MessagesBenchmark.RunAsync),
    new("pool", "the BBB calls over HTTP, with 20, 200 and 1,000 nodes", PoolBenchmark.RunAsync),
    new("sealing", "the sealing of the log: speed, size, and what it costs the writers", SealingBenchmark.RunAsync),
    new("recordings", "getRecordings over HTTP on a million recordings", RecordingsBenchmark.RunAsync),
    new("growth", "what a day adds to the database, and what stays of it when it is rolled up", GrowthBenchmark.RunAsync),
    new("history", "the commands of the history on a log of ten million events", HistoryBenchmark.RunAsync),
];

var chosen = Array.Find(benchmarks, b => args.Length > 0 && b.Name == args[0]);
if (chosen is null)
{
    Console.WriteLine("usage: dotnet run -c Release --project bench -- <benchmark> [options]");
    foreach (var benchmark in benchmarks) Console.WriteLine($"  {benchmark.Name,-10} {benchmark.Shows}");
    return 2;
}

await chosen.RunAsync(args[1..]);
return 0;
