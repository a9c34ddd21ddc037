namespace Scalelite.Domain.Imbalance;

/// <summary>What happened lately that may be why a server has too much.</summary>
internal sealed class MomentCauses
{
    private const int LeastBurst = 10;
    private const int TimesTheUsual = 4;
    private const double MinutesRemembered = 60;

    private static readonly TimeSpan JustReturned = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan JustGone = TimeSpan.FromDays(1);

    private readonly Dictionary<string, PoolChange> returned = new(StringComparer.Ordinal);
    private readonly Dictionary<string, PoolChange> gone = new(StringComparer.Ordinal);
    private double usualCreates;
    private DateTimeOffset countedUntil;

    public void Changed(in PoolChange change)
    {
        if (change.IsReturn)
        {
            returned[change.ServerId] = change;

            // A node that comes back while it is cordoned takes nothing yet, and the other way round: it stays away for the reason that is left.
            if (!gone.TryGetValue(change.ServerId, out var why) || IsUndoneBy(why.Kind, change.Kind)) gone.Remove(change.ServerId);
        }
        else
        {
            returned.Remove(change.ServerId);
            if (change.Kind == PoolChangeKind.Removed) gone.Remove(change.ServerId);
            else if (!gone.TryGetValue(change.ServerId, out var before) || IsOfOperator(change.Kind) || !IsOfOperator(before.Kind)) gone[change.ServerId] = change;
        }
    }

    /// <summary>How the server returned, where that was just before.</summary>
    public PoolChange? ReturnOf(string serverId, DateTimeOffset at) =>
        returned.TryGetValue(serverId, out var change) && change.At > at - JustReturned ? change : null;

    /// <summary>How many servers ceased to take meetings within the day before.</summary>
    public int MissingAt(DateTimeOffset at) => gone.Count == 0 ? 0 : gone.Values.Count(change => change.At > at - JustGone);

    /// <summary>Which they are, the last one first.</summary>
    public IReadOnlyList<PoolChange> Missing(DateTimeOffset at) =>
        gone.Count == 0 ? [] : [.. gone.Values.Where(change => change.At > at - JustGone).OrderByDescending(change => change.At).ThenBy(change => change.ServerId, StringComparer.Ordinal)];

    /// <summary>A minute is over.</summary>
    /// <returns>Its creates were a burst.</returns>
    public bool CountCreates(DateTimeOffset minute, int creates)
    {
        // Minutes that were skipped had none; the usual number fades with each.
        if (countedUntil < minute) usualCreates *= Math.Exp(-(minute - countedUntil).TotalMinutes / MinutesRemembered);
        var isBurst = creates >= LeastBurst && creates >= TimesTheUsual * usualCreates;
        usualCreates += (creates - usualCreates) / MinutesRemembered;
        countedUntil = minute.AddMinutes(1);
        return isBurst;
    }

    private static bool IsOfOperator(PoolChangeKind kind) => kind is PoolChangeKind.Cordoned or PoolChangeKind.Disabled;

    private static bool IsUndoneBy(PoolChangeKind gone, PoolChangeKind back) => IsOfOperator(gone) == (back == PoolChangeKind.Enabled);
}
