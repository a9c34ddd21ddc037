using System.Diagnostics;

/// <summary>
/// The switch of the tests that kill: a process whose DOTNET_STARTUP_HOOKS names this assembly kills itself, as kill -9 does, when a create
/// or an import has come to the step that SCALELITE_STOP_AT names. The product knows nothing of it; it only tells its steps to whoever listens.
/// </summary>
internal static class StartupHook
{
    /// <summary>Called by the runtime before <c>Main</c>.</summary>
    public static void Initialize()
    {
        if (Environment.GetEnvironmentVariable("SCALELITE_STOP_AT") is { Length: > 0 } step) DiagnosticListener.AllListeners.Subscribe(new Listeners(step));
    }

    private sealed class Listeners(string step) : IObserver<DiagnosticListener>
    {
        public void OnNext(DiagnosticListener value)
        {
            if (value.Name is "Scalelite.Create" or "Scalelite.Import") value.Subscribe(new Steps(step));
        }

        public void OnCompleted()
        {
        }

        public void OnError(Exception error)
        {
        }
    }

    private sealed class Steps(string step) : IObserver<KeyValuePair<string, object?>>
    {
        public void OnNext(KeyValuePair<string, object?> value)
        {
            if (value.Key != step) return;
            using var self = Process.GetCurrentProcess();
            self.Kill();
            // The signal is on its way: nothing more may happen here.
            self.WaitForExit();
        }

        public void OnCompleted()
        {
        }

        public void OnError(Exception error)
        {
        }
    }
}
