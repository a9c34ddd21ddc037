namespace Scalelite.Domain.Imbalance;

/// <summary>
/// Measures how unequally a pool is used, as its history, or a simulated one, goes by. It is fed in order of time: what is said to be earlier than something
/// before counts as of the same moment. Memory is bounded by the number of servers, not by the length of the history; a placement costs O(1), a sample of n
/// servers O(n log n).
/// </summary>
/// <remarks>
/// A sample holds until the next one, or the end of the range; what was sampled before the range holds in it. Placements outside the range are left out;
/// changes of the pool before it are remembered as reasons. Samples at its end or later are left out. Not for several threads at once.
/// </remarks>
public sealed class ImbalanceMeter
{
    private readonly ImbalanceOptions options;
    private readonly ImbalanceRange range;
    private readonly MeasureTally overall = new();
    private readonly MeasureTally bucket = new();
    private readonly List<ImbalanceBucket> buckets = [];
    private readonly Dictionary<string, ServerTally> servers = new(StringComparer.Ordinal);
    private readonly MomentFinder moments;
    private readonly LoadGrid? grid;

    private double[] sorted = [];
    private ServerSample[] held = [];
    private int heldCount;
    private DateTimeOffset sampledAt;
    private HeldLoads? loads;
    private DateTimeOffset now;
    private ImbalanceReport? report;

    /// <summary>Begins to measure.</summary>
    public ImbalanceMeter(ImbalanceOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        this.options = options;
        range = options.Range;
        if (ImbalanceRange.WhyNot(range.From, range.To, range.Bucket) is { } why) throw new ArgumentException(why, nameof(options));
        moments = new MomentFinder(options);
        grid = options.Grid ? new LoadGrid(range) : null;
        now = range.From;
        sampledAt = range.From;
    }

    /// <summary>The loads of all servers that take meetings at this moment, each once.</summary>
    public void Sample(DateTimeOffset at, ReadOnlySpan<ServerSample> samples)
    {
        if (at >= range.To) return;
        AdvanceTo(at);
        HoldServers(now);
        if (held.Length < samples.Length) (held, sorted) = (new ServerSample[samples.Length * 2], new double[samples.Length * 2]);
        samples.CopyTo(held);
        heldCount = samples.Length;

        ServerSample busiest = default;
        for (var i = 0; i < samples.Length; i++)
        {
            sorted[i] = Math.Max(0, samples[i].Load);
            if (i == 0 || samples[i].Load > busiest.Load) busiest = samples[i];
            var tally = TallyOf(samples[i].ServerId);
            tally.Peak = Math.Max(tally.Peak, samples[i].Load);
        }

        var spread = LoadSpread.Of(sorted.AsSpan(0, samples.Length));
        loads = new HeldLoads(spread, samples.Length, busiest);
        moments.Sampled(now, loads.Value);
    }

    /// <summary>A meeting was given to a server.</summary>
    public void Placed(in MeteredPlacement placement)
    {
        if (placement.At < range.From || placement.At >= range.To) return;
        AdvanceTo(placement.At);
        var counted = placement with { At = now };
        overall.Placed(counted);
        bucket.Placed(counted);
        grid?.Placed(counted.ServerId, counted.At);
        moments.Placed(counted);
    }

    /// <summary>A server began to take meetings, or ceased to.</summary>
    public void Changed(in PoolChange change)
    {
        if (change.At >= range.To) return;
        AdvanceTo(change.At);
        moments.Changed(change);
    }

    /// <summary>What was measured. Nothing may be fed after.</summary>
    public ImbalanceReport Report()
    {
        if (report is not null) return report;
        AdvanceTo(range.To);
        HoldServers(range.To);
        if (buckets.Count < range.Buckets) CloseBucket();
        foreach (var serverId in overall.PlacedOnto) TallyOf(serverId);
        report = new ImbalanceReport(
            range,
            overall.Measures(),
            buckets,
            [.. servers.OrderBy(server => server.Key, StringComparer.Ordinal).Select(server => server.Value.Use(server.Key, overall.PlacementsOnto(server.Key)))],
            moments.Finish(),
            grid);
        return report;
    }

    private void AdvanceTo(DateTimeOffset at)
    {
        if (report is not null) throw new InvalidOperationException("The meter has reported; nothing can be fed to it any more");
        if (at > range.To) at = range.To;
        while (now < at)
        {
            var bucketEnd = range.BeginOf(buckets.Count + 1);
            var until = bucketEnd < at ? bucketEnd : at;
            if (loads is { } holding)
            {
                var seconds = (until - now).TotalSeconds;
                overall.Hold(holding, seconds);
                bucket.Hold(holding, seconds);
            }

            now = until;
            if (now == bucketEnd) CloseBucket();
        }

        moments.AdvanceTo(now);
    }

    private void CloseBucket()
    {
        buckets.Add(new ImbalanceBucket(range.BeginOf(buckets.Count), bucket.Measures()));
        bucket.Clear();
    }

    // Once a sample, not once a placement: it costs a step for each server.
    private void HoldServers(DateTimeOffset until)
    {
        var seconds = (until - sampledAt).TotalSeconds;
        if (seconds > 0)
        {
            foreach (var sample in held.AsSpan(0, heldCount))
            {
                var tally = TallyOf(sample.ServerId);
                tally.Seconds += seconds;
                tally.LoadSeconds += sample.Load * seconds;
                grid?.Hold(sample.ServerId, sample.Load, sampledAt, until);
            }
        }

        sampledAt = until;
    }

    private ServerTally TallyOf(string serverId)
    {
        if (!servers.TryGetValue(serverId, out var tally)) servers[serverId] = tally = new ServerTally();
        return tally;
    }

    private sealed class ServerTally
    {
        public double Seconds { get; set; }

        public double LoadSeconds { get; set; }

        public double Peak { get; set; }

        public ServerUse Use(string serverId, long placements) => new(serverId, Seconds > 0 ? LoadSeconds / Seconds : null, Peak, placements);
    }
}
