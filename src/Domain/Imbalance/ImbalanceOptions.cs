namespace Scalelite.Domain.Imbalance;

/// <summary>What is measured, and what counts as bad.</summary>
/// <param name="MinimumUsers">LOAD_MIN_USER_COUNT: what a placement counts, in users.</param>
/// <param name="Moments">How many of the worst moments are told.</param>
/// <param name="Grid">Load and placements of each server over time are kept too, for a picture.</param>
public sealed record ImbalanceOptions(ImbalanceRange Range, int MinimumUsers = 15, int Moments = 20, bool Grid = false)
{
    /// <summary>An older poll is stale.</summary>
    public TimeSpan StaleAfter { get; init; } = TimeSpan.FromSeconds(30);
}
