namespace Scalelite.Bench;

/// <summary>One of the benchmarks of this program.</summary>
/// <param name="Name">The word that starts it.</param>
/// <param name="Shows">What it measures.</param>
/// <param name="RunAsync">Runs it with the words that follow its name, and prints a table.</param>
internal sealed record Benchmark(string Name, string Shows, Func<string[], Task> RunAsync);
