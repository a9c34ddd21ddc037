using Scalelite.Workers.Configuration;

namespace Scalelite.Api.Configuration;

/// <summary>What is written to the console.</summary>
internal static class LoggingConfiguration
{
    public static readonly Setting<string> Level = SettingKinds.Choice(
        "RAILS_LOG_LEVEL", "info", ["debug", "info", "warn", "error", "fatal", "unknown"], "The least that is written. `unknown` is `fatal`.")
        with
    { Example = "warn" };

    public static readonly Setting<string> Format = SettingKinds.Choice(
        "LOG_FORMAT", "text", ["text", "json"], "`json` writes one JSON object a line, for a program.", "Logging:Format");

    public static IReadOnlyList<Setting> All => [Level, Format];

    public static LoggingSettings Read(SettingsReader reader) => new()
    {
        Level = reader.Read(Level) switch
        {
            "debug" => LogLevelName.Debug,
            "warn" => LogLevelName.Warn,
            "error" => LogLevelName.Error,
            "fatal" or "unknown" => LogLevelName.Fatal,
            _ => LogLevelName.Info,
        },
        Json = reader.Read(Format) == "json",
    };
}
