using System.Text;

namespace Scalelite.Api.Configuration;

/// <summary>All settings in the order of the reference; <c>docs/configuration.md</c> is written from it.</summary>
internal static class SettingsReference
{
    /// <summary>The settings by capability.</summary>
    public static IReadOnlyList<(string Title, IReadOnlyList<Setting> Settings)> Groups =>
    [
        ("Secrets and checksums", SecurityConfiguration.All),
        ("Admin API", AdminConfiguration.All),
        ("PostgreSQL", DatabaseConfiguration.All),
        ("HTTP", HttpConfiguration.All),
        ("Nodes", NodeConfiguration.All),
        ("Polling and health", PollingConfiguration.All),
        ("Load and placement", PlacementConfiguration.All),
        ("Meetings", MeetingConfiguration.All),
        ("Parameters of create and join", ParameterConfiguration.All),
        ("Voice bridges", VoiceBridgeConfiguration.All),
        ("Dial-in", DialInConfiguration.All),
        ("Recordings", RecordingConfiguration.All),
        ("Import of recordings", ImportConfiguration.All),
        ("Recordings in a bucket", BucketConfiguration.All),
        ("Playback", PlaybackConfiguration.All),
        ("Callbacks", CallbackConfiguration.All),
        ("The history", KeepingConfiguration.All),
        ("Audit", AuditConfiguration.All),
        ("Logging", LoggingConfiguration.All),
        ("Tenants", TenantConfiguration.All),
    ];

    /// <summary>The reference as Markdown.</summary>
    public static string ToMarkdown()
    {
        var page = new StringBuilder();
        page.Append("""
            # Configuration

            Settings are environment variables with Scalelite's names. Those that Scalelite does not have can also stand in an `appsettings.json`
            beside the program or in the working directory, under the key given in brackets; the environment wins. An empty value counts as not set.

            A value that cannot be right stops the start: every such setting is named at once, with what is allowed, and the exit code is 1.
            Values of secrets are never shown.

            This page is written from the program (`scalelite settings --markdown`); a test holds the two together.

            """);
        foreach (var (title, settings) in Groups)
        {
            page.Append($"\n## {title}\n\n| setting | default | allowed | meaning | example |\n| --- | --- | --- | --- | --- |\n");
            foreach (var setting in settings)
            {
                var name = setting.Key is null ? $"`{setting.Name}`" : $"`{setting.Name}` [`{setting.Key}`]";
                page.Append($"| {name} | {Cell(setting.Default)} | {Cell(setting.Allowed)} | {Cell(setting.Meaning)} | `{Cell(setting.Example)}` |\n");
            }
        }

        page.Append("\n## Accepted and ignored\n\nSaid once at the start.\n\n| setting | why |\n| --- | --- |\n");
        foreach (var (name, why) in WithoutEffect.Ignored) page.Append($"| `{name}` | {why} |\n");
        foreach (var (prefix, why) in WithoutEffect.IgnoredPrefixes) page.Append($"| `{prefix}*` | {why} |\n");
        return page.ToString();
    }

    private static string Cell(string text) => text.Replace("|", "\\|", StringComparison.Ordinal);
}
