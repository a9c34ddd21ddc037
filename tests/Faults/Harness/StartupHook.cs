using System.Diagnostics;

/// <summary>
/// The switch of the tests that kill: in a process whose DOTNET_STARTUP_HOOKS names this assembly, when a create or an import has come to the
/// step that SCALELITE_STOP_AT names, the process kills itself, as kill -9 does. When an import has come to the step that stands in the file
/// that SCALELITE_FORBID_FILE names, the file is removed, and the folders that SCALELITE_FORBID names (separated by <c>:</c>), with all below
/// them, can't be written to any more. The product knows nothing of it; it only tells its steps to whoever listens.
/// </summary>
internal static class StartupHook
{
    /// <summary>Called by the runtime before <c>Main</c>.</summary>
    public static void Initialize()
    {
        if (Environment.GetEnvironmentVariable("SCALELITE_STOP_AT") is { Length: > 0 } stopAt)
            DiagnosticListener.AllListeners.Subscribe(new Observer<DiagnosticListener>(listener => Listen(listener, step => Stop(step == stopAt))));
        if (Environment.GetEnvironmentVariable("SCALELITE_FORBID_FILE") is { Length: > 0 } order)
            DiagnosticListener.AllListeners.Subscribe(new Observer<DiagnosticListener>(listener => Listen(listener, step => Forbid(order, step))));
    }

    private static void Listen(DiagnosticListener listener, Action<string> reached)
    {
        if (listener.Name is "Scalelite.Create" or "Scalelite.Import")
            listener.Subscribe(new Observer<KeyValuePair<string, object?>>(value => reached(value.Key)));
    }

    private static void Stop(bool here)
    {
        if (!here) return;
        using var self = Process.GetCurrentProcess();
        self.Kill();
        // The signal is on its way: nothing more may happen here.
        self.WaitForExit();
    }

    private static void Forbid(string order, string step)
    {
        if (!File.Exists(order) || File.ReadAllText(order) != step) return;
        File.Delete(order);
        foreach (var folder in Environment.GetEnvironmentVariable("SCALELITE_FORBID")!.Split(':')) FolderRights.Take(folder);
    }

    private sealed class Observer<T>(Action<T> next) : IObserver<T>
    {
        public void OnNext(T value) => next(value);

        public void OnCompleted()
        {
        }

        public void OnError(Exception error)
        {
        }
    }
}

/// <summary>Who may write to a folder and to those below it.</summary>
internal static class FolderRights
{
    private const UnixFileMode Read = UnixFileMode.UserRead | UnixFileMode.UserExecute;

    /// <summary>Nobody, but for a root that has kept its rights.</summary>
    public static void Take(string folder) => Set(folder, Read);

    /// <summary>The owner.</summary>
    public static void Give(string folder) => Set(folder, Read | UnixFileMode.UserWrite);

    private static void Set(string folder, UnixFileMode mode)
    {
        if (OperatingSystem.IsWindows() || !Directory.Exists(folder)) return;
        foreach (var below in Directory.EnumerateDirectories(folder, "*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = 0 }))
            File.SetUnixFileMode(below, mode);
        File.SetUnixFileMode(folder, mode);
    }
}
