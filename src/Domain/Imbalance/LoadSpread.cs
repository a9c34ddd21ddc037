namespace Scalelite.Domain.Imbalance;

/// <summary>
/// How unequally load lies on n servers at one moment. x₁ … xₙ are the loads, m = Σx/n their mean. All measures stay the same when every load is
/// multiplied by one number. With one server nothing can be unequal: 1, 0, 0 and 1.
/// </summary>
/// <param name="MaxToMean">max x / m: 1 where all are equal, n where one has all.</param>
/// <param name="Variation">Coefficient of variation, √(Σ(x − m)²/n) / m: 0 where all are equal, √(n − 1) where one has all.</param>
/// <param name="Gini">Σᵢ Σⱼ |xᵢ − xⱼ| / (2 n² m): 0 where all are equal, (n − 1)/n where one has all.</param>
/// <param name="BusiestShare">max x / Σx: 1/n where all are equal, 1 where one has all.</param>
/// <param name="Total">Σx.</param>
/// <param name="Max">max x.</param>
/// <param name="Servers">n.</param>
public readonly record struct LoadSpread(double MaxToMean, double Variation, double Gini, double BusiestShare, double Total, double Max, int Servers)
{
    /// <summary>m.</summary>
    public double Mean => Servers == 0 ? 0 : Total / Servers;

    /// <summary>The measures of these loads; null where there is no server or no load, as nothing can be said then.</summary>
    /// <param name="loads">Not below 0. They are sorted in place.</param>
    public static LoadSpread? Of(Span<double> loads)
    {
        loads.Sort();
        double total = 0, ranked = 0;
        for (var i = 0; i < loads.Length; i++)
        {
            total += loads[i];
            ranked += (i + 1) * loads[i];
        }

        if (!(total > 0)) return null;
        var n = loads.Length;
        var (mean, max) = (total / n, loads[^1]);
        double squares = 0;
        foreach (var load in loads) squares += (load - mean) * (load - mean);

        // Over sorted loads the double sum is one sum over the ranks.
        var gini = (2 * ranked / (n * total)) - ((n + 1.0) / n);
        return new(max / mean, Math.Sqrt(squares / n) / mean, Math.Clamp(gini, 0, 1), max / total, total, max, n);
    }
}
