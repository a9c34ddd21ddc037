namespace Scalelite.Simulator.Meetings;

/// <summary>Users who join, leave and turn their cameras on and off by themselves: the same ones for the same seed and ticks.</summary>
public sealed record UserBehaviour
{
    /// <summary>What the randomness starts from; each node adds its number.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>The fewest users that a meeting aims at.</summary>
    public int FewestUsers { get; init; } = 5;

    /// <summary>The most users that a meeting aims at.</summary>
    public int MostUsers { get; init; } = 30;

    /// <summary>The chance that one to three users join a meeting that has not reached its aim, at each tick.</summary>
    public double JoinChance { get; init; } = 0.5;

    /// <summary>The chance that a user leaves, at each tick.</summary>
    public double LeaveChance { get; init; } = 0.05;

    /// <summary>The chance that a user turns the camera on or off, at each tick.</summary>
    public double VideoChance { get; init; } = 0.2;
}
