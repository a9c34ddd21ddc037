namespace Scalelite.Domain.WhatIf;

/// <summary>Chance that is the same on every machine and in every version of the runtime (SplitMix64).</summary>
internal sealed class SplitMix(ulong seed)
{
    private const ulong Step = 0x9E3779B97F4A7C15;

    private ulong state = seed;

    /// <summary>The number that belongs to a seed and a place.</summary>
    public static ulong Of(ulong seed, ulong place) => Mix(seed ^ Mix(place + Step));

    /// <summary>The next number.</summary>
    public ulong Next() => Mix(state += Step);

    /// <summary>From 0 up to 1.</summary>
    public double Unit() => (Next() >> 11) * (1.0 / (1UL << 53));

    /// <summary>From one number up to another, the last one excluded.</summary>
    public int Between(int least, int most) => least + (int)(Next() % (ulong)(most - least));

    /// <summary>Normally distributed around 0 with a deviation of 1.</summary>
    public double Normal() => Math.Sqrt(-2 * Math.Log(1 - Unit())) * Math.Cos(2 * Math.PI * Unit());

    /// <summary>Log-normally distributed with this median; sigma is that of the logarithm.</summary>
    public double LogNormal(double median, double sigma) => median * Math.Exp(sigma * Normal());

    private static ulong Mix(ulong value)
    {
        value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
        value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
        return value ^ (value >> 31);
    }
}
