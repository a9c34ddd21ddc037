using Scalelite.Workers.Recordings.Storage;

namespace Scalelite.Workers.Imports;

/// <summary>An archive that lies in the spool.</summary>
internal readonly record struct Arrival(string Name, long Bytes, DateTime ModifiedAt);

/// <summary>
/// RECORDING_SPOOL_DIR. Archives appear in it; one that is taken is renamed to <c>.importing/{import}/{name}</c>, one that can't be imported
/// lies in <c>.quarantine/{import}/{name}</c>, and what is being uploaded in <c>.uploads</c>. Who renames has it: several processes may
/// share one spool.
/// </summary>
internal sealed class Spool(string folder)
{
    private static readonly string[] Endings = [".tar", ".tar.gz", ".tgz"];

    private readonly string _importing = Path.Combine(folder, ".importing");
    private readonly string _quarantine = Path.Combine(folder, ".quarantine");

    /// <summary>Its full path.</summary>
    public string Folder => folder;

    /// <summary>Where uploads grow.</summary>
    public string Uploads { get; } = Path.Combine(folder, ".uploads");

    /// <summary>Whether a file of that name in the spool is an archive: not hidden, and called as one.</summary>
    public static bool IsArchive(string name) => name[0] != '.' && Endings.Any(ending => name.Length > ending.Length && name.EndsWith(ending, StringComparison.OrdinalIgnoreCase));

    /// <summary>Archives that nobody has taken yet, in no order.</summary>
    public IEnumerable<Arrival> Arrivals()
    {
        foreach (var file in new DirectoryInfo(folder).EnumerateFiles())
        {
            if (!IsArchive(file.Name) || file.LinkTarget is not null) continue;
            Arrival arrival;
            try
            {
                arrival = new Arrival(file.Name, file.Length, file.LastWriteTimeUtc);
            }
            catch (FileNotFoundException)
            {
                // Another process was first.
                continue;
            }

            yield return arrival;
        }
    }

    /// <summary>Takes an archive of the spool.</summary>
    /// <returns>False where another process has it.</returns>
    /// <exception cref="IOException">The spool cannot be written.</exception>
    public bool TryTake(string name, Guid import) => TryTake(Path.Combine(folder, name), name, import);

    /// <summary>Takes a file on the spool's volume under a name.</summary>
    /// <returns>False where another process has it.</returns>
    public bool TryTake(string path, string name, Guid import)
    {
        var home = Path.Combine(_importing, import.ToString());
        DurableFolders.Make(home);
        try
        {
            DurableFolders.Rename(path, Path.Combine(home, name));
            return true;
        }
        catch (IOException) when (!File.Exists(path))
        {
            Directory.Delete(home);
            return false;
        }
    }

    /// <summary>Imports whose archives are here, taken and not yet done with.</summary>
    public IReadOnlyList<Guid> Importing() => Ids(_importing);

    /// <summary>Imports whose archives are in quarantine here.</summary>
    public IReadOnlyList<Guid> Quarantined() => Ids(_quarantine);

    /// <summary>The full path of an import's archive; null where it is not here.</summary>
    public string? ArchiveOf(Guid import) => Only(Path.Combine(_importing, import.ToString()));

    /// <summary>The full path of a quarantined archive; null where it is not here.</summary>
    public string? QuarantinedArchiveOf(Guid import) => Only(Path.Combine(_quarantine, import.ToString()));

    /// <summary>Removes an import's archive.</summary>
    public void Remove(Guid import) => DurableFolders.Remove(Path.Combine(_importing, import.ToString()));

    /// <summary>Puts an import's archive into quarantine; nothing where it is there already.</summary>
    public void Quarantine(Guid import) => Move(Path.Combine(_importing, import.ToString()), Path.Combine(_quarantine, import.ToString()));

    /// <summary>Takes an import's archive out of quarantine; nothing where it is not there.</summary>
    public void BringBack(Guid import) => Move(Path.Combine(_quarantine, import.ToString()), Path.Combine(_importing, import.ToString()));

    private static string? Only(string home) => Directory.Exists(home) ? Directory.EnumerateFiles(home).FirstOrDefault() : null;

    private static List<Guid> Ids(string place) =>
        Directory.Exists(place)
            ? [.. Directory.EnumerateDirectories(place).Select(path => Guid.TryParseExact(Path.GetFileName(path), "D", out var id) ? id : Guid.Empty).Where(id => id != Guid.Empty)]
            : [];

    private static void Move(string from, string to)
    {
        try
        {
            DurableFolders.Rename(from, to);
        }
        catch (IOException) when (!Directory.Exists(from))
        {
            // It is there already, or another process was first.
        }
    }
}
