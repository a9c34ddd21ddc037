using System.Diagnostics;

namespace Scalelite.Testing;

/// <summary>A file system of its own that can be too small or read-only. It takes the right to mount, which root has; else sudo is asked.</summary>
internal sealed class SmallDisk : IDisposable
{
    private readonly bool _mounted;

    public SmallDisk(string folder, string options)
    {
        Folder = Directory.CreateDirectory(folder).FullName;
        Mount("-t", "tmpfs", "-o", $"mode=0777,{options}", "tmpfs", Folder);
        _mounted = true;
    }

    public string Folder { get; }

    /// <summary>Changes its size, its number of files, or whether it can be written.</summary>
    public void Change(string options) => Mount("-o", $"remount,{options}", Folder);

    public void Dispose()
    {
        if (_mounted) Run("umount", "--lazy", Folder);
    }

    private static void Mount(params string[] arguments) => Run("mount", arguments);

    private static void Run(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(Environment.IsPrivilegedProcess ? program : "sudo") { RedirectStandardError = true };
        string[] all = Environment.IsPrivilegedProcess ? arguments : ["-n", program, .. arguments];
        foreach (var argument in all) start.ArgumentList.Add(argument);
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0) throw new InvalidOperationException($"{program} {string.Join(' ', arguments)}: {error}");
    }
}
