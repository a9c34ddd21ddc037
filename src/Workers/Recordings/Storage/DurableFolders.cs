using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace Scalelite.Workers.Recordings.Storage;

/// <summary>Moves, copies and removes whole folders so that they outlive a crash: what .NET's own does not flush is flushed here.</summary>
internal static class DurableFolders
{
    private const int CopyBytes = 1 << 20;

    // Linux and macOS agree on it.
    private const int AcrossDevices = 18;

    /// <summary>Renames a folder to a name that does not exist, makes the folder above it, and flushes both sides.</summary>
    /// <returns>False where they are on two volumes.</returns>
    public static bool TryRename(string from, string to)
    {
        Make(Path.GetDirectoryName(to)!);
        if (OperatingSystem.IsWindows())
        {
            if (Path.GetPathRoot(from) != Path.GetPathRoot(to)) return false;
            Directory.Move(from, to);
            return true;
        }

        if (Native.Rename(Text(from), Text(to)) != 0)
        {
            var error = Marshal.GetLastPInvokeError();
            if (error == AcrossDevices) return false;
            throw new IOException($"{from} cannot be renamed to {to}: {Marshal.GetPInvokeErrorMessage(error)}", error);
        }

        Flush(Path.GetDirectoryName(to)!);
        Flush(Path.GetDirectoryName(from)!);
        return true;
    }

    /// <summary>Renames a folder within its volume.</summary>
    public static void Rename(string from, string to)
    {
        if (!TryRename(from, to)) throw new IOException($"{from} cannot be renamed to {to}: they are on two volumes");
    }

    /// <summary>Makes a folder and those above it, each flushed into the one above.</summary>
    public static void Make(string folder)
    {
        if (Directory.Exists(folder)) return;
        var above = Path.GetDirectoryName(folder);
        if (above is not null) Make(above);
        Directory.CreateDirectory(folder);
        if (above is not null) Flush(above);
    }

    /// <summary>Removes a folder with all that is in it; nothing where there is none.</summary>
    public static void Remove(string folder)
    {
        try
        {
            Directory.Delete(folder, recursive: true);
        }
        catch (DirectoryNotFoundException)
        {
        }
    }

    /// <summary>Copies a folder to one that does not exist, flushes it to the disk, and compares every file's size and hash.</summary>
    /// <exception cref="IOException">It cannot be read or written, or the copy is not what was read.</exception>
    public static async Task CopyAsync(string from, string to, CancellationToken cancellation)
    {
        Make(to);
        foreach (var entry in new DirectoryInfo(from).EnumerateFileSystemInfos())
        {
            cancellation.ThrowIfCancellationRequested();
            var target = Path.Combine(to, entry.Name);
            if (entry.LinkTarget is { } link) File.CreateSymbolicLink(target, link);
            else if (entry is DirectoryInfo) await CopyAsync(entry.FullName, target, cancellation);
            else await CopyFileAsync(entry.FullName, target, cancellation);
        }

        Flush(to);
    }

    /// <summary>Writes a folder's list of names to the disk.</summary>
    public static void Flush(string folder)
    {
        if (OperatingSystem.IsWindows()) return;
        var descriptor = Native.Open(Text(folder), 0);
        if (descriptor < 0) throw Failed(folder);
        try
        {
            if (Native.Fsync(descriptor) != 0) throw Failed(folder);
        }
        finally
        {
            _ = Native.Close(descriptor);
        }

        static IOException Failed(string folder)
        {
            var error = Marshal.GetLastPInvokeError();
            return new IOException($"{folder} cannot be flushed: {Marshal.GetPInvokeErrorMessage(error)}", error);
        }
    }

    private static async Task CopyFileAsync(string from, string to, CancellationToken cancellation)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        long bytes = 0;
        await using (var source = Read(from))
        await using (var target = new FileStream(to, FileMode.CreateNew, FileAccess.Write, FileShare.None, CopyBytes, FileOptions.Asynchronous))
        {
            var buffer = new byte[CopyBytes];
            for (int read; (read = await source.ReadAsync(buffer, cancellation)) > 0; bytes += read)
            {
                hash.AppendData(buffer, 0, read);
                await target.WriteAsync(buffer.AsMemory(0, read), cancellation);
            }

            await target.FlushAsync(cancellation);
            target.Flush(flushToDisk: true);
        }

        var copy = new FileInfo(to);
        byte[] copied;
        await using (var written = Read(to)) copied = await SHA256.HashDataAsync(written, cancellation);
        if (copy.Length != bytes || !copied.AsSpan().SequenceEqual(hash.GetHashAndReset())) throw new IOException($"{to} is not what was read from {from}");
        // Players and browsers compare it.
        File.SetLastWriteTimeUtc(to, File.GetLastWriteTimeUtc(from));
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(to, File.GetUnixFileMode(from));
    }

    private static FileStream Read(string path) =>
        new(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, 0, FileOptions.Asynchronous | FileOptions.SequentialScan);

    private static byte[] Text(string path) => Encoding.UTF8.GetBytes(path + '\0');

    private static class Native
    {
        [DllImport("libc", EntryPoint = "rename", SetLastError = true)]
        [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        public static extern int Rename(byte[] from, byte[] to);

        [DllImport("libc", EntryPoint = "open", SetLastError = true)]
        [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        public static extern int Open(byte[] path, int flags);

        [DllImport("libc", EntryPoint = "fsync", SetLastError = true)]
        [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        public static extern int Fsync(int descriptor);

        [DllImport("libc", EntryPoint = "close", SetLastError = true)]
        [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        public static extern int Close(int descriptor);
    }
}
