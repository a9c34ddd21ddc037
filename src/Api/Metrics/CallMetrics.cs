using System.Collections.Concurrent;

namespace Scalelite.Api.Metrics;

/// <summary>How many BBB calls this process answered, with what, and how long they took.</summary>
internal sealed class CallMetrics
{
    /// <summary>The upper bounds of the buckets, in seconds.</summary>
    public static readonly IReadOnlyList<double> Bounds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 25];

    // Nodes choose the keys of their errors: whatever they send, the page stays short.
    private const int MostSeries = 300;

    private readonly ConcurrentDictionary<(string Call, string Outcome), Series> _series = new();

    /// <summary>A call was answered.</summary>
    /// <param name="call">Its name.</param>
    /// <param name="outcome"><c>SUCCESS</c>, a message key, <c>302</c>.</param>
    public void Count(string call, string outcome, TimeSpan elapsed)
    {
        // Clients choose the names of calls that there are not.
        var key = outcome == "unsupportedRequest" ? ("unknown", outcome) : (call, outcome);
        if (_series.Count >= MostSeries && !_series.ContainsKey(key)) key = (call, "other");
        _series.GetOrAdd(key, _ => new Series()).Count(elapsed);
    }

    /// <summary>What was counted, in order of name and outcome.</summary>
    public IReadOnlyList<CountedCalls> Read() =>
        [.. _series.Select(series => series.Value.Read(series.Key.Call, series.Key.Outcome)).OrderBy(calls => (calls.Call, calls.Outcome))];

    private sealed class Series
    {
        private readonly long[] _buckets = new long[Bounds.Count + 1];
        private long _ticks;

        public void Count(TimeSpan elapsed)
        {
            var bucket = 0;
            while (bucket < Bounds.Count && elapsed.TotalSeconds > Bounds[bucket]) bucket++;
            Interlocked.Increment(ref _buckets[bucket]);
            Interlocked.Add(ref _ticks, elapsed.Ticks);
        }

        public CountedCalls Read(string call, string outcome)
        {
            var upTo = new long[_buckets.Length];
            var sum = 0L;
            for (var i = 0; i < upTo.Length; i++) upTo[i] = sum += Interlocked.Read(ref _buckets[i]);
            return new CountedCalls(call, outcome, upTo, TimeSpan.FromTicks(Interlocked.Read(ref _ticks)));
        }
    }
}

/// <summary>Calls of one name with one outcome.</summary>
/// <param name="UpTo">How many took up to each bound, and last how many there were.</param>
/// <param name="Total">What they took together.</param>
internal sealed record CountedCalls(string Call, string Outcome, IReadOnlyList<long> UpTo, TimeSpan Total);
