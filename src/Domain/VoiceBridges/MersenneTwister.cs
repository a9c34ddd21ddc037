namespace Scalelite.Domain.VoiceBridges;

/// <summary>
/// MT19937 (Matsumoto and Nishimura, 1998) seeded and read as Ruby's <c>Random</c> does, so that the numbers that Scalelite
/// gave out come again.
/// </summary>
internal sealed class MersenneTwister
{
    private const int Words = 624;
    private const int Middle = 397;

    private readonly uint[] state = new uint[Words];
    private int next = Words;

    /// <summary>Ruby's <c>Random.new(seed)</c>.</summary>
    public MersenneTwister(UInt128 seed)
    {
        Span<uint> key = stackalloc uint[4];
        var length = 0;
        for (var i = 0; i < key.Length; i++)
        {
            key[i] = (uint)(seed >> (32 * i));
            if (key[i] != 0)
                length = i + 1;
        }

        // Ruby takes a highest word of 1 for the guard that it puts before leading zeros, and drops it.
        if (length > 1 && key[length - 1] == 1)
            length--;
        if (length <= 1)
            Seed(key[0]);
        else
            Seed(key[..length]);
    }

    /// <summary>Ruby's <c>rand(from..to)</c>: as many bits as the range needs, drawn again while they are beyond it.</summary>
    public int Next(int from, int to)
    {
        var limit = (uint)(to - from);
        if (limit == 0)
            return from;
        var mask = uint.MaxValue >> System.Numerics.BitOperations.LeadingZeroCount(limit);
        uint value;
        do
            value = Next() & mask;
        while (value > limit);
        return from + (int)value;
    }

    private uint Next()
    {
        if (next == Words)
            Twist();
        var y = state[next++];
        y ^= y >> 11;
        y ^= (y << 7) & 0x9D2C5680;
        y ^= (y << 15) & 0xEFC60000;
        return y ^ (y >> 18);
    }

    private void Seed(uint seed)
    {
        state[0] = seed;
        for (var i = 1; i < Words; i++)
            state[i] = (1812433253 * (state[i - 1] ^ (state[i - 1] >> 30))) + (uint)i;
    }

    private void Seed(ReadOnlySpan<uint> key)
    {
        Seed(19650218);
        var (i, j) = (1, 0);
        for (var k = Math.Max(Words, key.Length); k > 0; k--)
        {
            state[i] = (state[i] ^ ((state[i - 1] ^ (state[i - 1] >> 30)) * 1664525)) + key[j] + (uint)j;
            i = Following(i);
            j = (j + 1) % key.Length;
        }

        for (var k = Words - 1; k > 0; k--)
        {
            state[i] = (state[i] ^ ((state[i - 1] ^ (state[i - 1] >> 30)) * 1566083941)) - (uint)i;
            i = Following(i);
        }

        state[0] = 0x80000000;
    }

    private int Following(int i)
    {
        if (i + 1 < Words)
            return i + 1;
        state[0] = state[Words - 1];
        return 1;
    }

    private void Twist()
    {
        for (var i = 0; i < Words; i++)
        {
            var y = (state[i] & 0x80000000) | (state[(i + 1) % Words] & 0x7FFFFFFF);
            state[i] = state[(i + Middle) % Words] ^ (y >> 1) ^ ((y & 1) == 0 ? 0 : 0x9908B0DF);
        }

        next = 0;
    }
}
