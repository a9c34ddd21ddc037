using System.Collections.Concurrent;

namespace Scalelite.Workers.Imports;

/// <summary>What the file system tells of the spool, where it tells: names of archives that appeared, and which of them by a rename.</summary>
internal sealed class SpoolEvents : IDisposable
{
    private readonly ConcurrentDictionary<string, byte> _renamed = new(StringComparer.Ordinal);
    private readonly FileSystemWatcher? _watcher;

    /// <param name="folder">The spool.</param>
    /// <param name="appeared">Called for every archive, on a thread of the file system's.</param>
    public SpoolEvents(string folder, Action appeared)
    {
        try
        {
            _watcher = new FileSystemWatcher(folder) { NotifyFilter = NotifyFilters.FileName };
            _watcher.Created += (_, file) => Tell(file.Name, isRenamed: false);
            _watcher.Renamed += (_, file) => Tell(file.Name, isRenamed: true);
            _watcher.Error += (_, _) => appeared();
            _watcher.EnableRaisingEvents = true;
        }
        catch (Exception e) when (e is IOException or PlatformNotSupportedException)
        {
            // No more watches are to be had: the looks in an interval find everything too.
            _watcher?.Dispose();
            _watcher = null;
        }

        void Tell(string? name, bool isRenamed)
        {
            if (string.IsNullOrEmpty(name) || !Spool.IsArchive(name)) return;
            if (isRenamed) _renamed[name] = 0;
            else _renamed.TryRemove(name, out _);
            appeared();
        }
    }

    /// <summary>Whether a file got its name by a rename within the spool, as rsync and careful people do: it is whole.</summary>
    public bool IsRenamed(string name) => _renamed.ContainsKey(name);

    /// <summary>The archive was taken; the next of its name is another one.</summary>
    public void Forget(string name) => _renamed.TryRemove(name, out _);

    public void Dispose() => _watcher?.Dispose();
}
