namespace Scalelite.Domain.Placement;

/// <summary>Chooses the server of a new meeting. A pure function: what varies comes in as a <see cref="PlacementTurn"/>.</summary>
public interface IPlacementPolicy
{
    /// <summary>As the setting names it and <see cref="PlacementReason.Policy"/> shows it.</summary>
    string Name { get; }

    /// <summary>The load that this policy compares, its multiplier included.</summary>
    Candidate Weigh(ServerLoad server);

    /// <summary>The index of the chosen candidate.</summary>
    /// <param name="candidates">At least one, in ordinal order of their ids.</param>
    int Pick(ReadOnlySpan<Candidate> candidates, PlacementTurn turn);

    /// <summary>How it chose, for a person: <c>lowest load of 4</c>.</summary>
    string Rule(int candidates);
}

/// <summary>What a policy may use beside the loads, given from outside so that several instances agree and a replay repeats it.</summary>
/// <param name="Number">How many meetings were placed before this one.</param>
/// <param name="Seed">Randomness, drawn once a batch.</param>
public readonly record struct PlacementTurn(long Number, ulong Seed);
