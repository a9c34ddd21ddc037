namespace Scalelite.Domain.Imbalance;

/// <summary>A moment that may still go on.</summary>
internal sealed class OpenMoment(string serverId, DateTimeOffset from, PoolChange? @return, IReadOnlyList<PoolChange> missing, int servers)
{
    private const int MissingShown = 5;

    private PlacementPile? pile;
    private IReadOnlyList<MomentReason> pileReasons = [];
    private LoadPeak? peak;
    private double pileExcess;

    /// <summary>The last placement or sample of it.</summary>
    public required DateTimeOffset To { get; set; }

    /// <summary>A minute of placements onto it; the worst one is told.</summary>
    public void Add(PlacementPile minute, double excess, IReadOnlyList<MomentReason> reasons)
    {
        if (pile is not null && excess <= pileExcess) return;
        (pile, pileExcess, pileReasons) = (minute, excess, reasons);
    }

    /// <summary>A sample of its load; the worst one is told.</summary>
    public void Add(LoadPeak sample)
    {
        if (peak is null || sample.Load - sample.Mean > peak.Load - peak.Mean) peak = sample;
    }

    public ImbalanceMoment Close()
    {
        var reasons = new List<MomentReason>(pileReasons);
        if (@return is not null) reasons.Add(MomentReason.NodeReturning);
        if (missing.Count * 4 >= servers + missing.Count && missing.Count > 0) reasons.Add(MomentReason.FewServers);
        if (pile is null && reasons.Count == 0) reasons.Add(MomentReason.MeetingsGrew);
        reasons.Sort();
        return new ImbalanceMoment(
            from, To, serverId, Math.Max(pileExcess, peak is null ? 0 : peak.Load - peak.Mean), reasons, pile, peak, @return,
            missing.Count, [.. missing.Take(MissingShown)], servers);
    }
}
