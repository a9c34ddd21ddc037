using System.Diagnostics;

namespace Scalelite.EventLog;

/// <summary>Runs a program to its end.</summary>
internal static class Command
{
    /// <summary>Its output, when it succeeds.</summary>
    /// <exception cref="PrivateClusterException">It failed; the message has its output.</exception>
    public static async Task<string> RunAsync(ProcessStartInfo start, CancellationToken cancellation)
    {
        var (code, output) = await TryAsync(start, cancellation);
        return code == 0 ? output
            : throw new PrivateClusterException($"{start.FileName} {string.Join(' ', start.ArgumentList)} failed with {code}: {output.Trim()}");
    }

    /// <summary>Its exit code and all that it wrote.</summary>
    public static async Task<(int Code, string Output)> TryAsync(ProcessStartInfo start, CancellationToken cancellation)
    {
        start.RedirectStandardInput = start.RedirectStandardOutput = start.RedirectStandardError = true;
        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync(cancellation);
        var errors = process.StandardError.ReadToEndAsync(cancellation);
        await process.WaitForExitAsync(cancellation);
        return (process.ExitCode, await output + await errors);
    }
}

/// <summary>Looks programs up as a shell does.</summary>
internal static class ExecutablePath
{
    /// <summary>The program's path, or null. The folders of the system's own programs count as part of the PATH.</summary>
    public static string? Find(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries)
        .Concat(["/usr/sbin", "/sbin", "/usr/bin", "/bin"])
        .Select(folder => Path.Combine(folder, program))
        .FirstOrDefault(File.Exists);
}

/// <summary>A private cluster cannot run; the message says why and what to do.</summary>
public sealed class PrivateClusterException(string message, Exception? inner = null) : Exception(message, inner);
