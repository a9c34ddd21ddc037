using Scalelite.Workers.Configuration;

namespace Scalelite.Api.Configuration;

/// <summary>How long the history is kept in detail.</summary>
internal static class KeepingConfiguration
{
    private const int LongestDays = 36_500;

    public static readonly Setting<int> PollHistory = SettingKinds.Integer(
        "POLL_HISTORY_DAYS", 30, 0, LongestDays,
        "Polls and joins of older days are rolled up to a minute each, and their streams deleted (`scalelite prune --dry-run` shows which). 0: never.",
        "Keeping:PollHistoryDays");

    public static readonly Setting<int> CallbackHistory = SettingKinds.Integer(
        "CALLBACK_HISTORY_DAYS", 90, 0, LongestDays,
        "Callbacks that were delivered or given up longer ago are removed, and so are the callback URLs that the creates of meetings named that ended longer ago. 0: never.",
        "Keeping:CallbackHistoryDays");

    public static readonly Setting<TimeSpan?> RecordingMetadata = SettingKinds.OptionalDays(
        "RECORDING_METADATA_DAYS", 0, LongestDays,
        "Names and metadata of recordings that were deleted longer ago are overwritten in the history, as by `scalelite forget recording`. They stay where it is not set.",
        "30", "Keeping:RecordingMetadataDays");

    public static IReadOnlyList<Setting> All => [PollHistory, CallbackHistory, RecordingMetadata];

    public static KeepingSettings Read(SettingsReader reader) => new()
    {
        Polls = Days(reader.Read(PollHistory)),
        Callbacks = Days(reader.Read(CallbackHistory)),
        RecordingMetadata = reader.Read(RecordingMetadata),
    };

    private static TimeSpan? Days(int days) => days == 0 ? null : TimeSpan.FromDays(days);
}
