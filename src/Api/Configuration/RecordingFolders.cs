using Scalelite.Workers.Configuration;

namespace Scalelite.Api.Configuration;

/// <summary>What must hold between the folders of recordings, and what is to be said of them at the start.</summary>
internal static class RecordingFolders
{
    /// <summary>Refuses folders of which one would hold another: what is unpublished, or not yet imported, must never be served.</summary>
    public static void Check(SettingsReader reader, Settings settings)
    {
        if (reader.Problems.Count > 0) return;
        var recordings = settings.Recordings;
        if (!settings.Bucket.Used && Overlap(recordings.PublishFolder, recordings.UnpublishFolder))
        {
            reader.Refuse(RecordingConfiguration.UnpublishFolder, "it and RECORDING_PUBLISH_DIR hold one another");
            return;
        }

        foreach (var folder in new[] { recordings.PublishFolder, recordings.UnpublishFolder })
        {
            if (Overlap(folder, settings.Imports.SpoolFolder))
            {
                reader.Refuse(ImportConfiguration.SpoolFolder, $"it and {folder} hold one another");
                return;
            }
        }
    }

    /// <summary>Lines for the start of a process that imports: what is off, and which folder is not there.</summary>
    public static IEnumerable<string> Notices(Settings settings)
    {
        if (settings.Recordings.Disabled) yield break;
        if (!settings.Imports.Enabled)
        {
            yield return $"Recordings are not imported: {ImportConfiguration.SpoolFolder.Name} is not set, and there is no {settings.Imports.SpoolFolder}";
            yield break;
        }

        (Setting Setting, string Folder)[] needed = settings.Bucket.Used
            ? [(ImportConfiguration.SpoolFolder, settings.Imports.SpoolFolder), (ImportConfiguration.WorkFolder, settings.Imports.WorkFolder)]
            :
            [
                (ImportConfiguration.SpoolFolder, settings.Imports.SpoolFolder),
                (RecordingConfiguration.PublishFolder, settings.Recordings.PublishFolder),
                (RecordingConfiguration.UnpublishFolder, settings.Recordings.UnpublishFolder),
            ];
        foreach (var (setting, folder) in needed)
        {
            if (!Directory.Exists(folder)) yield return $"{setting.Name}: there is no {folder}; it is made when the first recording comes. Is a volume not mounted?";
        }
    }

    private static bool Overlap(string one, string other) => IsWithin(one, other) || IsWithin(other, one);

    private static bool IsWithin(string folder, string above) =>
        folder.Equals(above, StringComparison.Ordinal) || folder.StartsWith(above.TrimEnd('/') + '/', StringComparison.Ordinal);
}
