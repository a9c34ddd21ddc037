namespace Scalelite.Domain.Placement;

/// <summary>Draws two servers and takes the less loaded one.</summary>
internal sealed class TwoChoicesPolicy : IPlacementPolicy
{
    public string Name => "two-choices";

    public Candidate Weigh(ServerLoad server) => LeastLoadPolicy.InUsers(server);

    public int Pick(ReadOnlySpan<Candidate> candidates, PlacementTurn turn)
    {
        if (candidates.Length == 1)
            return 0;
        var drawn = Mix(turn.Seed ^ Mix((ulong)turn.Number));
        var one = (int)((drawn >> 32) % (uint)candidates.Length);
        var other = (int)((uint)drawn % (uint)(candidates.Length - 1));
        if (other >= one)
            other++;
        return candidates[one].CompareByLoad(candidates[other]) < 0 ? one : other;
    }

    public string Rule(int candidates) => candidates == 1 ? "the only one" : $"less loaded of two drawn from {candidates}";

    // The finalizer of SplitMix64: neighbouring numbers give unrelated draws.
    private static ulong Mix(ulong value)
    {
        value += 0x9E3779B97F4A7C15;
        value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
        value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
        return value ^ (value >> 31);
    }
}
