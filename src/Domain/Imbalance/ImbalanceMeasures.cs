namespace Scalelite.Domain.Imbalance;

/// <summary>
/// How unequally a pool was used in one bucket, or in the whole range. The first four are means over the samples of <see cref="LoadSpread"/>, each
/// weighted by how long it held (until the next one) times the load of the whole pool: a minute with a thousand users counts a hundred times one with ten, as
/// what few users at night do to a ratio is nobody's trouble. Null where there was no load. The others count placements, each once.
/// </summary>
/// <param name="MaxToMean">Load of the busiest server over the mean of all that take meetings.</param>
/// <param name="Variation">Coefficient of variation of the loads.</param>
/// <param name="Gini">Gini coefficient of the loads.</param>
/// <param name="BusiestShareOfLoad">Share of the busiest server, whichever that was at each moment, of all load.</param>
/// <param name="Load">The mean load of the whole pool, weighted by time; null where there was no sample.</param>
/// <param name="Servers">The mean number of servers that take meetings, weighted by time; null where there was no sample.</param>
/// <param name="Busiest">The busiest server at the sample where it was the furthest above the mean; null where none ever was above it.</param>
/// <param name="Placements">How many placements there were.</param>
/// <param name="BusiestShareOfPlacements">Placements onto the server that got the most, of all; null where there was none.</param>
/// <param name="MostPlacedOnto">That server; of equals the first that had so many.</param>
/// <param name="LongestRun">The longest run of consecutive placements onto one server, those before the bucket left out.</param>
/// <param name="PollAge">Age of the chosen server's poll at placement; null where there was none with a poll.</param>
public sealed record ImbalanceMeasures(
    double? MaxToMean,
    double? Variation,
    double? Gini,
    double? BusiestShareOfLoad,
    double? Load,
    double? Servers,
    string? Busiest,
    long Placements,
    double? BusiestShareOfPlacements,
    string? MostPlacedOnto,
    long LongestRun,
    PollAges? PollAge);

/// <summary>Ages of polls, in seconds, to a tenth (above ten minutes to one percent); percentiles by nearest rank.</summary>
/// <param name="Median">The smallest age that half of the placements do not exceed.</param>
/// <param name="P95">The smallest age that 95 % of the placements do not exceed.</param>
/// <param name="Max">The oldest.</param>
public sealed record PollAges(double Median, double P95, double Max);

/// <summary>A bucket with its measures.</summary>
/// <param name="From">When it begins.</param>
public sealed record ImbalanceBucket(DateTimeOffset From, ImbalanceMeasures Measures);

/// <summary>One server over the whole range.</summary>
/// <param name="MeanLoad">While it took meetings; null where it never did.</param>
/// <param name="PeakLoad">The largest of its samples.</param>
public sealed record ServerUse(string ServerId, double? MeanLoad, double PeakLoad, long Placements);

/// <summary>What an <see cref="ImbalanceMeter"/> has measured.</summary>
/// <param name="Buckets">All of the range, in order.</param>
/// <param name="Servers">All that took meetings or were given one, in order of id.</param>
/// <param name="Moments">The worst ones, the worst first.</param>
/// <param name="Grid">Load and placements of each server over time; null where it was not asked for.</param>
public sealed record ImbalanceReport(
    ImbalanceRange Range,
    ImbalanceMeasures Overall,
    IReadOnlyList<ImbalanceBucket> Buckets,
    IReadOnlyList<ServerUse> Servers,
    IReadOnlyList<ImbalanceMoment> Moments,
    LoadGrid? Grid);
