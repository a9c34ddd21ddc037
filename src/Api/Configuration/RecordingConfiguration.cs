using Scalelite.Workers.Configuration;

namespace Scalelite.Api.Configuration;

/// <summary>Recordings: where they lie, what is listed, how long they are kept.</summary>
internal static class RecordingConfiguration
{
    private static readonly RecordingSettings Defaults = new();

    public static readonly Setting<bool> Disabled = SettingKinds.Boolean(
        "RECORDING_DISABLED", "There are no recordings: none are listed, imported or played.");

    public static readonly Setting<bool> DatabaseDisabled = SettingKinds.Boolean("DB_DISABLED", "Another name of RECORDING_DISABLED; either is enough.");

    public static readonly Setting<bool> FilterRequired = SettingKinds.Boolean(
        "GET_RECORDINGS_API_FILTERED", "getRecordings lists nothing where neither a meetingID nor a recordID is given.");

    public static readonly Setting<string> PublishFolder = SettingKinds.Folder(
        "RECORDING_PUBLISH_DIR", Defaults.PublishFolder, "Published recordings lie there, as `{format}/{recordID}`.");

    public static readonly Setting<string> UnpublishFolder = SettingKinds.Folder(
        "RECORDING_UNPUBLISH_DIR", Defaults.UnpublishFolder,
        "Unpublished recordings lie there, as `{format}/{recordID}`. It may be on another volume than RECORDING_PUBLISH_DIR.");

    public static readonly Setting<IReadOnlyList<string>?> PlaybackFormats = SettingKinds.Optional<IReadOnlyList<string>>(
        "RECORDING_PLAYBACK_FORMATS", "names of formats, separated by `:`",
        "The formats that are listed and played, in this order; all of them where it is not set.", "presentation:video:screenshare:podcast:notes",
        text => Formats(text));

    public static readonly Setting<TimeSpan?> Retention = SettingKinds.OptionalDays(
        "RECORDING_RETENTION_DAYS", 1, 36_500,
        "Recordings whose meeting ended longer ago are deleted, with their files. Nothing is deleted where it is not set. "
        + "`scalelite recordings expire --dry-run` shows what would be.", "365", "Recordings:RetentionDays");

    public static IReadOnlyList<Setting> All =>
        [Disabled, DatabaseDisabled, FilterRequired, PublishFolder, UnpublishFolder, PlaybackFormats, Retention];

    public static RecordingSettings Read(SettingsReader reader)
    {
        var disabled = reader.Read(Disabled);
        return new RecordingSettings
        {
            Disabled = reader.Read(DatabaseDisabled) || disabled,
            FilterRequired = reader.Read(FilterRequired),
            PublishFolder = reader.Read(PublishFolder),
            UnpublishFolder = reader.Read(UnpublishFolder),
            PlaybackFormats = reader.Read(PlaybackFormats),
            Retention = reader.Read(Retention),
        };
    }

    private static Parsed<IReadOnlyList<string>?> Formats(string text)
    {
        var formats = text.TrimEnd(':').Split(':', StringSplitOptions.TrimEntries);
        if (formats.FirstOrDefault(format => format.Length == 0 || !format.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-')) is { } wrong)
            return Parsed<IReadOnlyList<string>?>.Wrong($"'{wrong}' is no name of a format");
        return formats.Distinct().ToList();
    }
}
