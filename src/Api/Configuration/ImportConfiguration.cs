using Scalelite.Workers.Configuration;

namespace Scalelite.Api.Configuration;

/// <summary>How archives become recordings.</summary>
internal static class ImportConfiguration
{
    private static readonly ImportSettings Defaults = new();

    public static readonly Setting<string> SpoolFolder = SettingKinds.Folder(
        "RECORDING_SPOOL_DIR", Defaults.SpoolFolder,
        "Nodes put archives of recordings there, and uploads arrive there. Where it is not set and the default does not exist, nothing is imported.");

    public static readonly Setting<string> WorkFolder = SettingKinds.Folder(
        "RECORDING_WORK_DIR", Defaults.WorkFolder,
        "Archives are unpacked there whose files go into a bucket; others are unpacked beside their target.");

    public static readonly Setting<bool> Polls = SettingKinds.BooleanTrue(
        "RECORDING_IMPORT_POLL", "The spool is looked at in an interval, beside the events of its file system, which network file systems do not have.");

    public static readonly Setting<TimeSpan> PollInterval = SettingKinds.Seconds(
        "RECORDING_IMPORT_POLL_INTERVAL", 60, 0.1, 86_400, "From one look at the spool to the next.");

    public static readonly Setting<bool> Unpublished = SettingKinds.Boolean(
        "RECORDING_IMPORT_UNPUBLISHED", "New recordings come in unpublished; where it is not set their archive says.");

    public static readonly Setting<int> InFlight = SettingKinds.Integer(
        "RECORDING_IMPORTERS", Defaults.InFlight, 1, 64, "Archives that one process works on at a time.", "Imports:Importers");

    public static readonly Setting<TimeSpan> ArchiveWait = SettingKinds.Days(
        "RECORDING_WAIT_DAYS", 3, 0, 365,
        "How long the archive of a meeting that was to be recorded is waited for before its server counts as removable.", "Imports:WaitDays");

    public static readonly Setting<int> MostFiles = SettingKinds.Integer(
        "RECORDING_ARCHIVE_MAX_FILES", Defaults.MostFiles, 1, 100_000_000, "Archives with more files are refused.", "Imports:ArchiveMaxFiles");

    public static readonly Setting<long> MostBytes = SettingKinds.Bytes(
        "RECORDING_ARCHIVE_MAX_BYTES", Defaults.MostBytes, 1, 1L << 50, "Archives that hold more bytes, unpacked, are refused.", "Imports:ArchiveMaxBytes");

    public static IReadOnlyList<Setting> All => [SpoolFolder, WorkFolder, Polls, PollInterval, Unpublished, InFlight, ArchiveWait, MostFiles, MostBytes];

    public static ImportSettings Read(SettingsReader reader)
    {
        var spool = reader.Read(SpoolFolder);
        return new ImportSettings
        {
            Enabled = reader.IsSet(SpoolFolder) || Directory.Exists(spool),
            SpoolFolder = spool,
            WorkFolder = reader.Read(WorkFolder),
            Polls = reader.Read(Polls),
            PollInterval = reader.Read(PollInterval),
            Unpublished = reader.Read(Unpublished),
            InFlight = reader.Read(InFlight),
            ArchiveWait = reader.Read(ArchiveWait),
            MostFiles = reader.Read(MostFiles),
            MostBytes = reader.Read(MostBytes),
        };
    }
}
