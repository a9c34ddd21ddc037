namespace Scalelite.Domain.Placement;

/// <summary>The policies, by the names that the setting takes.</summary>
public static class PlacementPolicies
{
    /// <summary>The policy where none is set.</summary>
    public const string Default = "least-load";

    private static readonly IPlacementPolicy[] All =
        [new LeastLoadPolicy(), new ScalelitePolicy(), new RoundRobinPolicy(), new TwoChoicesPolicy()];

    /// <summary>The names that <see cref="ByName"/> knows.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. All.Select(policy => policy.Name)];

    /// <summary>The policy of that name, in any case; null where there is none.</summary>
    public static IPlacementPolicy? ByName(string name) =>
        Array.Find(All, policy => policy.Name.Equals(name, StringComparison.OrdinalIgnoreCase));
}
