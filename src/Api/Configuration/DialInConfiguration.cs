using Scalelite.Workers.Configuration;

namespace Scalelite.Api.Configuration;

/// <summary>What a FreeSWITCH that asks at <c>/fsapi</c> is told.</summary>
internal static class DialInConfiguration
{
    public static readonly Setting<string?> Password = SettingKinds.Optional<string>(
        "FSAPI_PASSWORD", "a text without spaces",
        "The password (user `fsapi`) of the FreeSWITCH in front of the pool. Dial-in is off until it is set; it is never LOADBALANCER_SECRET by itself.",
        "0a1b2c3d4e5f", SecurityConfiguration.WithoutSpaces, isSecret: true);

    public static readonly Setting<int> FewestDigits = SettingKinds.Integer(
        "VOICE_BRIDGE_MIN", 5, 1, 20, "The fewest digits that a caller may key in; shorter numbers of clients are not used for meetings.");

    public static readonly Setting<int> MostDigits = SettingKinds.Integer(
        "VOICE_BRIDGE_MAX", 9, 1, 20, "The most digits that a caller may key in. A breakout room's number has one more than its meeting's.");

    public static readonly Setting<TimeSpan> MaximumDuration = SettingKinds.Minutes(
        "FSAPI_MAX_DURATION", 0, 0, 525_600, "When a call is hung up. Where it is not set MAX_MEETING_DURATION holds; 0 means no limit.")
        with
    { Default = "MAX_MEETING_DURATION", Example = "240" };

    public static IReadOnlyList<Setting> All => [Password, FewestDigits, MostDigits, MaximumDuration];

    public static DialInSettings Read(SettingsReader reader, MeetingSettings meetings, VoiceBridgeSettings bridges)
    {
        var (fewest, most) = (reader.Read(FewestDigits), reader.Read(MostDigits));
        var longest = reader.IsSet(MaximumDuration) ? reader.Read(MaximumDuration) : meetings.MaximumDuration ?? TimeSpan.Zero;
        var password = reader.Read(Password);
        if (fewest > most) reader.Refuse(FewestDigits, $"it must not be greater than VOICE_BRIDGE_MAX, {most}");
        if (password is null && new Setting[] { FewestDigits, MostDigits, MaximumDuration, VoiceBridgeConfiguration.Length }.Any(reader.IsSet))
            reader.Notice("Dial-in is off: FSAPI_PASSWORD is not set");
        if (password is not null && (bridges.Length < fewest || bridges.Length > most))
            reader.Notice($"Callers cannot key in the numbers of meetings: these have {bridges.Length} digits (VOICE_BRIDGE_LEN), and a caller may key in {fewest} to {most} (VOICE_BRIDGE_MIN, VOICE_BRIDGE_MAX)");
        return new DialInSettings
        {
            Password = password,
            FewestDigits = fewest,
            MostDigits = most,
            MaximumDuration = longest > TimeSpan.Zero ? longest : null,
        };
    }
}
