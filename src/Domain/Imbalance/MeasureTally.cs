using System.Runtime.InteropServices;

namespace Scalelite.Domain.Imbalance;

/// <summary>Adds up what <see cref="ImbalanceMeasures"/> tell, of one bucket or of all.</summary>
internal sealed class MeasureTally
{
    private readonly Dictionary<string, long> placed = new(StringComparer.Ordinal);
    private readonly PollAgeTally ages = new();

    private double seconds, loadSeconds, serverSeconds;
    private double maxToMean, variation, gini, share;
    private double furthest;
    private string? busiest;
    private long placements, most, run, longestRun;
    private string? mostPlacedOnto, last;

    /// <summary>Loads held for so long.</summary>
    public void Hold(in HeldLoads held, double forSeconds)
    {
        seconds += forSeconds;
        serverSeconds += held.Servers * forSeconds;
        if (held.Spread is not { } spread) return;
        var weight = spread.Total * forSeconds;
        loadSeconds += weight;
        maxToMean += spread.MaxToMean * weight;
        variation += spread.Variation * weight;
        gini += spread.Gini * weight;
        share += spread.BusiestShare * weight;
        // What a sum of equal loads is off by is no distance.
        if (spread.Max - spread.Mean <= Math.Max(furthest, spread.Mean * 1e-9)) return;
        furthest = spread.Max - spread.Mean;
        busiest = held.Busiest.ServerId;
    }

    public void Placed(in MeteredPlacement placement)
    {
        placements++;
        ref var onto = ref CollectionsMarshal.GetValueRefOrAddDefault(placed, placement.ServerId, out _);
        onto++;
        if (onto > most) (most, mostPlacedOnto) = (onto, placement.ServerId);
        run = placement.ServerId == last ? run + 1 : 1;
        last = placement.ServerId;
        longestRun = Math.Max(longestRun, run);
        if (placement.PollAge is { } age) ages.Add(age);
    }

    public long PlacementsOnto(string serverId) => placed.GetValueOrDefault(serverId);

    public IEnumerable<string> PlacedOnto => placed.Keys;

    public ImbalanceMeasures Measures() => new(
        OverLoad(maxToMean),
        OverLoad(variation),
        OverLoad(gini),
        OverLoad(share),
        seconds > 0 ? loadSeconds / seconds : null,
        seconds > 0 ? serverSeconds / seconds : null,
        busiest,
        placements,
        placements > 0 ? (double)most / placements : null,
        mostPlacedOnto,
        longestRun,
        ages.Ages());

    public void Clear()
    {
        placed.Clear();
        ages.Clear();
        (seconds, loadSeconds, serverSeconds) = (0, 0, 0);
        (maxToMean, variation, gini, share, furthest) = (0, 0, 0, 0, 0);
        (placements, most, run, longestRun) = (0, 0, 0, 0);
        (busiest, mostPlacedOnto, last) = (null, null, null);
    }

    private double? OverLoad(double weighted) => loadSeconds > 0 ? weighted / loadSeconds : null;
}

/// <summary>A sample that holds until the next one.</summary>
/// <param name="Spread">Null where there was no load.</param>
internal readonly record struct HeldLoads(LoadSpread? Spread, int Servers, ServerSample Busiest);
