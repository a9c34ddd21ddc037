using Scalelite.Workers.Configuration;

namespace Scalelite.Api.Configuration;

/// <summary>Load and the choice of a server.</summary>
internal static class PlacementConfiguration
{
    public static readonly Setting<string> Policy = SettingKinds.Choice(
        "PLACEMENT_POLICY", "least-load", ["least-load", "scalelite", "round-robin", "two-choices"],
        "How a server is chosen. `scalelite` is exactly Scalelite's arithmetic, to compare with.", "Placement:Policy");

    public static readonly Setting<int> MinimumUsers = SettingKinds.Integer(
        "LOAD_MIN_USER_COUNT", 15, 0, 100_000, "Users that a young meeting counts as at least.");

    public static readonly Setting<TimeSpan> JoinBuffer = SettingKinds.Minutes(
        "LOAD_JOIN_BUFFER_TIME", 15, 0, 1440, "How long a meeting counts as young.");

    public static readonly Setting<bool> UntaggedMayUseTagged = SettingKinds.Boolean(
        "UNTAGGED_MAY_USE_TAGGED", "An untagged create takes a tagged server when no untagged one is available.", "Placement:UntaggedMayUseTagged");

    public static readonly Setting<TimeSpan> CreateDeadline = SettingKinds.Seconds(
        "CREATE_DEADLINE", 25, 1, 600, "When a create's caller has an answer at the latest, whatever the nodes do. Longer than CONNECT_TIMEOUT.",
        "Placement:CreateDeadline");

    public static readonly Setting<TimeSpan> MoveAfter = SettingKinds.Seconds(
        "MOVE_AFTER", 60, 0, 86_400, "How long a server must have been offline before a repeated create moves its meeting to another.",
        "Placement:MoveAfter");

    public static readonly Setting<string> MovedCopies = SettingKinds.Choice(
        "MOVED_COPIES", "leave", ["leave", "end"],
        "What happens to the copy of a moved meeting that a returning server still has: left to those inside until it is empty, or ended at once.",
        "Placement:MovedCopies");

    public static IReadOnlyList<Setting> All =>
        [Policy, MinimumUsers, JoinBuffer, UntaggedMayUseTagged, CreateDeadline, MoveAfter, MovedCopies];

    public static PlacementSettings Read(SettingsReader reader) => new()
    {
        Policy = reader.Read(Policy),
        MinimumUsers = reader.Read(MinimumUsers),
        JoinBuffer = reader.Read(JoinBuffer),
        UntaggedMayUseTagged = reader.Read(UntaggedMayUseTagged),
        CreateDeadline = reader.Read(CreateDeadline),
        MoveAfter = reader.Read(MoveAfter),
        EndsMovedCopies = reader.Read(MovedCopies) == "end",
    };
}
