using System.Text;
using System.Text.RegularExpressions;
using Scalelite.Domain.Imports;

namespace Scalelite.Workers.Imports.Archives;

/// <summary>A path of an archive, below its format's folder.</summary>
/// <param name="Path">With slashes; empty for the format's folder itself.</param>
internal sealed record ArchivePath(ArchivedFormat Format, string Path);

/// <summary>Finds out where each entry of an archive belongs, and refuses what belongs nowhere.</summary>
internal sealed partial class ArchivePaths
{
    private const int LongestName = 255;
    private const int LongestPath = 2048;

    private readonly Dictionary<string, bool> _folders = new(StringComparer.Ordinal);

    /// <summary>Whether this may be a format's name, or a recording's id.</summary>
    public static bool IsName(string name) => name.Length <= LongestName && Name().IsMatch(name);

    /// <summary>Where an entry belongs; null for the folders above the formats' own.</summary>
    /// <exception cref="ArchiveRefusedException">It belongs nowhere.</exception>
    public ArchivePath? Place(TarEntry entry)
    {
        var shown = TarHeader.Printable(entry.Name);
        if (entry.Name.StartsWith('/')) throw new ArchiveRefusedException($"{shown} is an absolute path");
        var names = entry.Name.Split('/', StringSplitOptions.RemoveEmptyEntries).Where(name => name != ".").ToArray();
        if (names.Contains("..")) throw new ArchiveRefusedException($"{shown} leads out of its folder");
        if (names.Length == 0) return entry.IsFolder ? null : throw new ArchiveRefusedException("A file in it has no name");
        if (entry.Name.Any(c => char.IsControl(c) || c == '\\')) throw new ArchiveRefusedException($"{shown} holds a character that no name may have");
        if (names.Any(name => Encoding.UTF8.GetByteCount(name) > LongestName) || Encoding.UTF8.GetByteCount(entry.Name) > LongestPath)
            throw new ArchiveRefusedException($"{shown} is too long");
        if (names.Length < 3 && !entry.IsFolder) throw new ArchiveRefusedException($"{shown} is in no folder of a format and a recording");
        if (!IsName(names[0])) throw new ArchiveRefusedException($"'{names[0]}' cannot be a format: only A-Z, a-z, 0-9, _ and - can be in its name");
        if (names.Length > 1 && !IsName(names[1]))
            throw new ArchiveRefusedException($"'{names[1]}' cannot be a recording: only A-Z, a-z, 0-9, _ and - can be in its id");
        Remember(names, entry);
        return names.Length < 2 ? null : new ArchivePath(new ArchivedFormat(names[1], names[0]), string.Join('/', names[2..]));
    }

    [GeneratedRegex(@"\A[A-Za-z0-9_-]+\z")]
    private static partial Regex Name();

    /// <summary>A path is either a file or a folder, throughout.</summary>
    private void Remember(string[] names, TarEntry entry)
    {
        var path = "";
        for (var i = 0; i < names.Length; i++)
        {
            path = i == 0 ? names[0] : $"{path}/{names[i]}";
            var isFolder = entry.IsFolder || i < names.Length - 1;
            if (!_folders.TryAdd(path, isFolder) && _folders[path] != isFolder)
                throw new ArchiveRefusedException($"{TarHeader.Printable(path)} is a file and a folder");
        }
    }
}
