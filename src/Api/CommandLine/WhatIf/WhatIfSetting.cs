using Scalelite.Api.Configuration;
using Scalelite.Domain.Placement;
using Scalelite.Domain.WhatIf;
using Scalelite.Workers.Configuration;

namespace Scalelite.Api.CommandLine.WhatIf;

/// <summary>A setting that a what-if can change.</summary>
/// <param name="Apply">The side with this value; null where the text is none.</param>
internal sealed record WhatIfSetting(Setting Setting, Func<Side, string, Side?> Apply)
{
    /// <summary>All that have to do with placing.</summary>
    public static IReadOnlyList<WhatIfSetting> All { get; } =
    [
        Of(PlacementConfiguration.Policy, (side, name) => side with { Policy = PlacementPolicies.ByName(name) }),
        Of(PlacementConfiguration.MinimumUsers, (side, users) => side with { MinimumUsers = users }),
        Of(PlacementConfiguration.JoinBuffer, (side, time) => side with { JoinBuffer = time }),
        Of(PlacementConfiguration.UntaggedMayUseTagged, (side, may) => side with { UntaggedMayUseTagged = may }),
        Of(PlacementConfiguration.MoveAfter, (side, time) => side with { MoveAfter = time }),
        Of(PollingConfiguration.Interval, (side, time) => side with { PollInterval = time }),
    ];

    /// <summary>The side that the settings make.</summary>
    public static Side From(Settings settings, string name) => new(
        name,
        PlacementPolicies.ByName(settings.Placement.Policy),
        settings.Polling.Interval,
        settings.Placement.MinimumUsers,
        settings.Placement.JoinBuffer,
        settings.Placement.UntaggedMayUseTagged,
        settings.Placement.MoveAfter);

    /// <summary>The side with what <c>NAME=VALUE</c> says.</summary>
    /// <returns>Why not, or null.</returns>
    public static string? TrySet(string assignment, ref Side side)
    {
        var at = assignment.IndexOf('=', StringComparison.Ordinal);
        if (at <= 0) return $"--set takes NAME=VALUE, not '{Listing.Printable(assignment)}'";
        var (name, value) = (assignment[..at].Trim(), assignment[(at + 1)..].Trim());
        if (All.FirstOrDefault(one => one.Setting.Name.Equals(name, StringComparison.OrdinalIgnoreCase)) is not { } setting)
            return $"'{Listing.Printable(name)}' does not change where meetings go; --set takes {string.Join(", ", All.Select(one => one.Setting.Name))}";
        if (setting.Apply(side, value) is not { } set)
            return $"{setting.Setting.Name} is {setting.Setting.Allowed}, not '{Listing.Printable(value)}'";
        side = set;
        return null;
    }

    private static WhatIfSetting Of<T>(Setting<T> setting, Func<Side, T, Side> apply) =>
        new(setting, (side, text) => text.Length > 0 && setting.Parse(text) is { Succeeded: true, Value: var value } ? apply(side, value) : null);
}
