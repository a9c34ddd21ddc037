using System.Globalization;
using Scalelite.Domain.Imbalance;

namespace Scalelite.Api.CommandLine.Imbalance;

/// <summary>A measure as a person reads it; <c>imbalance</c> and <c>whatif</c> print alike.</summary>
/// <param name="Title">Its name.</param>
/// <param name="Even">What it is where all servers are used alike, in words.</param>
/// <param name="Of">Its value; null where there is none.</param>
internal sealed record MeasureLine(string Title, string Even, Func<ImbalanceMeasures, string?> Of);

/// <summary>The measures, in the order in which they are printed.</summary>
internal static class MeasureLines
{
    /// <summary>All of them.</summary>
    public static IReadOnlyList<MeasureLine> All { get; } =
    [
        new("max/mean load", "1 is even", measures => Ratio(measures.MaxToMean)),
        new("coefficient of variation", "0 is even", measures => Ratio(measures.Variation)),
        new("Gini coefficient", "0 is even", measures => Ratio(measures.Gini)),
        new("busiest server's share of load", "1/servers is even", measures => Share(measures.BusiestShareOfLoad)),
        new("busiest server's share of placements", "1/servers is even", measures => Share(measures.BusiestShareOfPlacements)),
        new("longest run onto one server", "1 is even", measures => measures.Placements == 0 ? null : Number(measures.LongestRun)),
        new("age of polls at placement, p50", "", measures => Seconds(measures.PollAge?.Median)),
        new("age of polls at placement, p95", "", measures => Seconds(measures.PollAge?.P95)),
        new("age of polls at placement, max", "", measures => Seconds(measures.PollAge?.Max)),
        new("placements", "", measures => Number(measures.Placements)),
        new("mean load of the pool", "", measures => Load(measures.Load)),
        new("mean servers that take meetings", "", measures => Load(measures.Servers)),
    ];

    /// <summary><c>1.42</c>.</summary>
    public static string? Ratio(double? value) => value?.ToString("0.00", CultureInfo.InvariantCulture);

    /// <summary><c>31.4 %</c>.</summary>
    public static string? Share(double? value) => value is null ? null : (value.Value * 100).ToString("0.0", CultureInfo.InvariantCulture) + " %";

    /// <summary><c>58 s</c>, <c>4.2 s</c>, <c>12 min</c>.</summary>
    public static string? Seconds(double? value) => value switch
    {
        null => null,
        >= 600 => (value.Value / 60).ToString("0", CultureInfo.InvariantCulture) + " min",
        _ => value.Value.ToString("0.#", CultureInfo.InvariantCulture) + " s",
    };

    /// <summary><c>210</c>, <c>10.5</c>.</summary>
    public static string? Load(double? value) => value?.ToString("0.#", CultureInfo.InvariantCulture);

    /// <summary><c>5</c>.</summary>
    public static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);
}
