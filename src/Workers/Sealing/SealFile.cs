using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;
using Scalelite.EventLog.Sealing;
using Scalelite.Workers.Recordings.Storage;

namespace Scalelite.Workers.Sealing;

/// <summary>
/// The file to which seals are appended, a line each. It is opened for each writing, so that it may be rotated, and opened so that it can
/// only be appended to: a file with <c>chattr +a</c> will do.
/// </summary>
internal static class SealFile
{
    // Linux: write only, append, create, close on exec.
    private const int AppendOnly = 0x1 | 0x400 | 0x40 | 0x80000;

    // Read and write for the owner, nothing for others.
    private const int OwnerOnly = 0x180;

    /// <summary>Appends the seals and returns when they are on the disk.</summary>
    /// <exception cref="IOException">They are not, or not all; or <see cref="UnauthorizedAccessException"/>.</exception>
    public static void Append(string path, IReadOnlyList<LogSeal> seals)
    {
        var isNew = !File.Exists(path);
        var bytes = Encoding.UTF8.GetBytes(string.Concat(seals.Select(seal => seal.ToLine())));
        using (var file = Open(path))
        {
            // Linux appends whatever the offset, for the file was opened so; elsewhere it is where the file ends.
            RandomAccess.Write(file, bytes, RandomAccess.GetLength(file));
            RandomAccess.FlushToDisk(file);
        }

        if (isNew) DurableFolders.Flush(Path.GetDirectoryName(Path.GetFullPath(path))!);
    }

    private static SafeFileHandle Open(string path)
    {
        if (!OperatingSystem.IsLinux()) return File.OpenHandle(path, FileMode.OpenOrCreate, FileAccess.Write, FileShare.ReadWrite);
        var descriptor = Native.Open(Encoding.UTF8.GetBytes(path + '\0'), AppendOnly, OwnerOnly);
        if (descriptor >= 0) return new SafeFileHandle(descriptor, ownsHandle: true);
        var error = Marshal.GetLastPInvokeError();
        throw new IOException($"{path} cannot be opened to append: {Marshal.GetPInvokeErrorMessage(error)}", error);
    }

    private static class Native
    {
        [DllImport("libc", EntryPoint = "open", SetLastError = true)]
        [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        public static extern int Open(byte[] path, int flags, int mode);
    }
}
