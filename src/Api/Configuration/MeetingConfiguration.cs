using Scalelite.Workers.Configuration;

namespace Scalelite.Api.Configuration;

/// <summary>The calls about meetings.</summary>
internal static class MeetingConfiguration
{
    public static readonly Setting<TimeSpan> MaximumDuration = SettingKinds.Minutes(
        "MAX_MEETING_DURATION", 0, 0, 525_600, "Longest duration of a meeting; replaces 0 and larger values of a create. 0 means no limit.")
        with
    { Default = "0, no limit", Example = "240" };

    public static readonly Setting<bool> GetMeetingsDisabled = SettingKinds.Boolean(
        "GET_MEETINGS_API_DISABLED", "getMeetings answers that there are none.");

    public static readonly Setting<string?> BuildNumber = SettingKinds.Optional<string>(
        "BUILD_NUMBER", "a text of 100 characters or fewer", "Shown as `build` in the answer of the API's root.", "20261120-1",
        text => text.Length <= 100 ? text : Parsed<string?>.Wrong("it is too long"));

    public static IReadOnlyList<Setting> All => [MaximumDuration, GetMeetingsDisabled, BuildNumber];

    public static MeetingSettings Read(SettingsReader reader)
    {
        var maximum = reader.Read(MaximumDuration);
        return new MeetingSettings
        {
            MaximumDuration = maximum > TimeSpan.Zero ? maximum : null,
            GetMeetingsDisabled = reader.Read(GetMeetingsDisabled),
            BuildNumber = reader.Read(BuildNumber),
        };
    }
}
