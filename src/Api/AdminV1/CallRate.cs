using System.Collections.Concurrent;

namespace Scalelite.Api.AdminV1;

/// <summary>Lets each caller make so many calls a minute, and as many at once after a pause: a bucket of tokens for each.</summary>
/// <param name="perMinute">From 1.</param>
internal sealed class CallRate<TKey>(int perMinute, TimeProvider clock)
    where TKey : notnull
{
    // Callers choose how many addresses they have; what is known of them is not to fill the memory.
    private const int MostBuckets = 10_000;

    private readonly ConcurrentDictionary<TKey, Bucket> _buckets = new();

    /// <summary>Takes one call.</summary>
    /// <returns>Null where it may be made; else how long to wait for the next.</returns>
    public TimeSpan? Take(TKey caller)
    {
        if (_buckets.Count >= MostBuckets) Prune();
        return _buckets.GetOrAdd(caller, static (_, rate) => new Bucket(rate.perMinute, rate.clock.GetTimestamp()), (perMinute, clock)).Take(perMinute, clock);
    }

    private void Prune()
    {
        foreach (var (caller, bucket) in _buckets)
        {
            if (bucket.IsFull(perMinute, clock)) _buckets.TryRemove(caller, out _);
        }

        if (_buckets.Count >= MostBuckets) _buckets.Clear();
    }

    private sealed class Bucket(double full, long since)
    {
        private readonly Lock _gate = new();
        private double _tokens = full;
        private long _since = since;

        public TimeSpan? Take(int perMinute, TimeProvider clock)
        {
            lock (_gate)
            {
                Fill(perMinute, clock);
                if (_tokens < 1) return TimeSpan.FromMinutes((1 - _tokens) / perMinute);
                _tokens--;
                return null;
            }
        }

        public bool IsFull(int perMinute, TimeProvider clock)
        {
            lock (_gate)
            {
                Fill(perMinute, clock);
                return _tokens >= perMinute;
            }
        }

        private void Fill(int perMinute, TimeProvider clock)
        {
            var now = clock.GetTimestamp();
            _tokens = Math.Min(perMinute, _tokens + (clock.GetElapsedTime(_since, now).TotalMinutes * perMinute));
            _since = now;
        }
    }
}
