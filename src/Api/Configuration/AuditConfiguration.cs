using Scalelite.Workers.Configuration;

namespace Scalelite.Api.Configuration;

/// <summary>The sealing of the log.</summary>
internal static class AuditConfiguration
{
    public static readonly Setting<TimeSpan> SealInterval = SettingKinds.Seconds(
        "AUDIT_SEAL_INTERVAL", 60, 1, 86_400, "How often what is new in the log is sealed, so that `scalelite audit verify` finds out who changes it later.",
        "Audit:SealInterval");

    public static readonly Setting<string?> SealFile = SettingKinds.Optional<string>(
        "AUDIT_SEAL_FILE", "the whole path of a file",
        "Each seal is appended to it as a line of JSON. Without it or AUDIT_SEAL_URL only accidents are found out, for who can write the database can write the seals.",
        "/mnt/append-only/scalelite-seals.jsonl",
        text => Path.IsPathFullyQualified(text) && !Path.EndsInDirectorySeparator(text) ? text : Parsed<string?>.Wrong(), "Audit:SealFile");

    public static readonly Setting<Uri?> SealUrl = SettingKinds.Optional<Uri>(
        "AUDIT_SEAL_URL", "an `http://` or `https://` URL", "Each seal is posted to it as JSON, again and again until it answers 2xx.",
        "https://seals.example.org/scalelite?token=3f9a", text => Url(text), "Audit:SealUrl", isSecret: true);

    public static readonly Setting<IReadOnlyList<string>> Keys = SettingKinds.List<string>(
        "AUDIT_KEYS", "texts of 30 characters or more, separated by `:`",
        "Former values of SECRET_KEY_BASE: seals that were signed under them are verified with them.", "b0e1a7d4c9f2835e6a1b7c8d9e0f1a2b3c4d5e6f",
        text => KeyBases(text), "Audit:Keys", isSecret: true);

    public static IReadOnlyList<Setting> All => [SealInterval, SealFile, SealUrl, Keys];

    public static AuditSettings Read(SettingsReader reader) => new()
    {
        SealInterval = reader.Read(SealInterval),
        SealFile = reader.Read(SealFile),
        SealUrl = reader.Read(SealUrl),
        FormerKeyBases = reader.Read(Keys),
    };

    private static Parsed<Uri?> Url(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var url) && (url.Scheme == Uri.UriSchemeHttp || url.Scheme == Uri.UriSchemeHttps)
            ? url
            : Parsed<Uri?>.Wrong();

    private static Parsed<IReadOnlyList<string>> KeyBases(string text)
    {
        var keys = text.Split(':', StringSplitOptions.RemoveEmptyEntries);
        return keys.Length > 0 && keys.All(key => key.Length >= 30) ? keys : Parsed<IReadOnlyList<string>>.Wrong("one of them is too short");
    }
}
