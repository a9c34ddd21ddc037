using System.Runtime.InteropServices;

namespace Scalelite.Domain.Imbalance;

/// <summary>Finds the worst moments, minute by minute, in bounded memory; what a bad moment is: <see cref="ImbalanceMoment"/>.</summary>
internal sealed class MomentFinder(ImbalanceOptions options)
{
    private const int LeastPile = 5;
    private const double TimesTheMean = 1.5;

    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Apart = TimeSpan.FromMinutes(10);

    private readonly MomentCauses causes = new();
    private readonly Dictionary<string, Onto> onto = new(StringComparer.Ordinal);
    private readonly Dictionary<string, OpenMoment> open = new(StringComparer.Ordinal);
    private readonly PriorityQueue<ImbalanceMoment, double> worst = new();

    private DateTimeOffset minute;
    private DateTimeOffset first, last;
    private int placements, servers, fewestServers;
    private LoadPeak? peak;
    private string? peakServer;

    /// <summary>A server began to take meetings, or ceased to.</summary>
    public void Changed(in PoolChange change) => causes.Changed(change);

    /// <summary>The minutes before this moment are over.</summary>
    public void AdvanceTo(DateTimeOffset at)
    {
        if (at < minute + Minute) return;
        CloseMinute();
        minute = new DateTimeOffset(at.UtcTicks - (at.UtcTicks % Minute.Ticks), TimeSpan.Zero);
        foreach (var (serverId, moment) in open)
        {
            if (moment.To + Apart > minute) continue;
            open.Remove(serverId);
            Keep(moment);
        }
    }

    public void Sampled(DateTimeOffset at, in HeldLoads loads)
    {
        servers = loads.Servers;
        fewestServers = fewestServers == 0 ? servers : Math.Min(fewestServers, servers);
        if (loads.Spread is not { } spread || spread.Max < TimesTheMean * spread.Mean || spread.Max - spread.Mean < options.MinimumUsers) return;
        if (peak is not null && spread.Max - spread.Mean <= peak.Load - peak.Mean) return;
        peak = new LoadPeak(at, spread.Max, spread.Mean, loads.Busiest.LargestMeeting);
        peakServer = loads.Busiest.ServerId;
    }

    public void Placed(in MeteredPlacement placement)
    {
        if (placements++ == 0) first = placement.At;
        last = placement.At;
        ref var pile = ref CollectionsMarshal.GetValueRefOrAddDefault(onto, placement.ServerId, out var known);
        if (!known) pile.Candidates = int.MaxValue;
        pile.Count++;
        pile.Candidates = Math.Min(pile.Candidates, placement.Candidates);
        if (servers > 0 && placement.Candidates * 2 <= servers) pile.Narrow++;
        pile.Tag ??= placement.Tag;
        if (placement.PollAge is not { } age) return;
        if (age > options.StaleAfter) pile.Stale++;
        pile.Oldest = pile.Oldest is { } oldest && oldest >= age ? oldest : age;
    }

    /// <summary>The worst ones, the worst first.</summary>
    public IReadOnlyList<ImbalanceMoment> Finish()
    {
        CloseMinute();
        foreach (var moment in open.Values) Keep(moment);
        open.Clear();
        return [.. worst.UnorderedItems
            .Select(item => item.Element)
            .OrderByDescending(moment => moment.Excess)
            .ThenBy(moment => moment.From)
            .ThenBy(moment => moment.ServerId, StringComparer.Ordinal)];
    }

    private void CloseMinute()
    {
        var isBurst = causes.CountCreates(minute, placements);
        if (placements > 0) ClosePile(isBurst);
        if (peak is { } high) OpenOf(peakServer!, high.At, high.At).Add(high);
        onto.Clear();
        (placements, peak, peakServer, fewestServers) = (0, null, null, servers);
    }

    private void ClosePile(bool isBurst)
    {
        var (serverId, pile) = onto.First();
        foreach (var (id, other) in onto)
        {
            if (other.Count > pile.Count || (other.Count == pile.Count && string.CompareOrdinal(id, serverId) < 0)) (serverId, pile) = (id, other);
        }

        // Without a sample the placements themselves say how many servers there are at least.
        var takeMeetings = servers > 0 ? servers : Math.Max(onto.Count, pile.Candidates);
        var even = (double)placements / (takeMeetings + causes.MissingAt(first));
        if (pile.Count < LeastPile || pile.Count < 2 * even) return;

        var told = new PlacementPile(first, last, placements, pile.Count, pile.Oldest?.TotalSeconds, pile.Candidates, pile.Tag);
        OpenOf(serverId, first, last).Add(told, (pile.Count - even) * options.MinimumUsers, [
            .. pile.Narrow * 2 >= pile.Count ? [MomentReason.TagShortage] : Array.Empty<MomentReason>(),
            .. pile.Stale * 2 >= pile.Count ? [MomentReason.StalePoll] : Array.Empty<MomentReason>(),
            .. isBurst ? [MomentReason.Burst] : Array.Empty<MomentReason>(),
        ]);
    }

    private OpenMoment OpenOf(string serverId, DateTimeOffset from, DateTimeOffset to)
    {
        if (!open.TryGetValue(serverId, out var moment))
            open[serverId] = moment = new OpenMoment(serverId, from, causes.ReturnOf(serverId, to), causes.Missing(from), fewestServers) { To = to };
        moment.To = to > moment.To ? to : moment.To;
        return moment;
    }

    private void Keep(OpenMoment moment)
    {
        if (options.Moments <= 0) return;
        var closed = moment.Close();
        if (worst.Count < options.Moments) worst.Enqueue(closed, closed.Excess);
        else worst.EnqueueDequeue(closed, closed.Excess);
    }

    /// <summary>The placements of this minute onto one server.</summary>
    private struct Onto
    {
        public int Count, Candidates, Narrow, Stale;
        public TimeSpan? Oldest;
        public string? Tag;
    }
}
