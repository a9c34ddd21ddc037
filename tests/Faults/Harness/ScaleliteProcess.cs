using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;

namespace Scalelite.Faults;

/// <summary>The real program, <c>scalelite serve</c>, in a process of its own on a loopback port.</summary>
internal sealed class ScaleliteProcess : IAsyncDisposable
{
    private const int LongestLog = 5_000;
    private static readonly TimeSpan StartsWithin = TimeSpan.FromSeconds(90);
    private static readonly TimeSpan StopsWithin = TimeSpan.FromSeconds(30);

    // Below the range from which the system gives ports to others.
    private const int FirstPort = 18_000;
    private const int Ports = 14_000;
    private static int nextPort = Random.Shared.Next(Ports);

    /// <summary>In a process's environment: words that its command line begins with, such as <c>setpriv …</c>.</summary>
    public const string RunUnder = "FAULTS_RUN_UNDER";

    // Where a failure is not understood, FAULTS_LOG names a folder that keeps what the processes wrote.
    private static readonly string? LogFolder = Environment.GetEnvironmentVariable("FAULTS_LOG");

    private readonly Process process;
    private readonly ConcurrentQueue<string> log = new();

    private ScaleliteProcess(Process process, int port)
    {
        this.process = process;
        Port = port;
        Lms = new Lms($"http://127.0.0.1:{port.ToString(CultureInfo.InvariantCulture)}");
    }

    /// <summary>Where it listens.</summary>
    public int Port { get; }

    /// <summary>Calls it as an LMS does.</summary>
    public Lms Lms { get; }

    /// <summary>What it wrote, the end of it.</summary>
    public string Log => string.Join('\n', log);

    /// <summary>Whether it is dead.</summary>
    public bool HasExited => process.HasExited;

    /// <summary>Starts it and waits until it is healthy.</summary>
    public static async Task<ScaleliteProcess> StartAsync(IReadOnlyDictionary<string, string> environment, params string[] arguments)
    {
        for (var attempt = 1; ; attempt++)
        {
            var started = Start(environment, arguments);
            try
            {
                await started.HealthyAsync();
                return started;
            }
            catch (InvalidOperationException) when (attempt < 3 && started.Log.Contains("address already in use", StringComparison.OrdinalIgnoreCase))
            {
                await started.DisposeAsync();
            }
            catch
            {
                await started.DisposeAsync();
                throw;
            }
        }
    }

    /// <summary>kill -9.</summary>
    public async Task KillAsync()
    {
        process.Kill();
        await process.WaitForExitAsync();
    }

    /// <summary>SIGTERM, and waits for the end.</summary>
    /// <returns>The exit code.</returns>
    public async Task<int> StopAsync()
    {
        await SignalAsync("TERM");
        await ExitedAsync(StopsWithin);
        return process.ExitCode;
    }

    /// <summary>Waits until the process ends by itself.</summary>
    public async Task ExitedAsync(TimeSpan within)
    {
        using var deadline = new CancellationTokenSource(within);
        try
        {
            await process.WaitForExitAsync(deadline.Token);
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"scalelite did not end within {within.TotalSeconds} s:\n{Log}");
        }
    }

    /// <summary>SIGSTOP.</summary>
    public Task FreezeAsync() => SignalAsync("STOP");

    /// <summary>SIGCONT.</summary>
    public Task ThawAsync() => SignalAsync("CONT");

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited) await KillAsync();
        if (LogFolder is not null) await File.WriteAllTextAsync(Path.Combine(LogFolder, $"{Port}.log"), Log);
        process.Dispose();
    }

    private static ScaleliteProcess Start(IReadOnlyDictionary<string, string> environment, string[] arguments)
    {
        var port = FreePort();
        string[] under = environment.TryGetValue(RunUnder, out var words) ? words.Split(' ', StringSplitOptions.RemoveEmptyEntries) : [];
        string[] program = [.. under, DotnetHost()];
        var start = new ProcessStartInfo(program[0]) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in (string[])[.. program[1..], "exec", Path.Combine(AppContext.BaseDirectory, "scalelite.dll"), "serve", .. arguments]) start.ArgumentList.Add(argument);
        foreach (var (name, value) in environment) start.Environment[name] = value;
        start.Environment["BIND"] = $"tcp://127.0.0.1:{port.ToString(CultureInfo.InvariantCulture)}";
        var started = new ScaleliteProcess(new Process { StartInfo = start }, port);
        started.process.OutputDataReceived += (_, line) => started.Keep(line.Data);
        started.process.ErrorDataReceived += (_, line) => started.Keep(line.Data);
        started.process.Start();
        started.process.BeginOutputReadLine();
        started.process.BeginErrorReadLine();
        return started;
    }

    private static string DotnetHost() =>
        Environment.ProcessPath is { } own && Path.GetFileNameWithoutExtension(own) == "dotnet" ? own : "dotnet";

    private static int FreePort()
    {
        while (true)
        {
            var port = FirstPort + (int)((uint)Interlocked.Increment(ref nextPort) % Ports);
            using var listener = new TcpListener(System.Net.IPAddress.Loopback, port);
            try
            {
                listener.Start();
                return port;
            }
            catch (SocketException)
            {
                // Somebody has it: the next one.
            }
        }
    }

    private async Task HealthyAsync()
    {
        var clock = Stopwatch.StartNew();
        while (true)
        {
            if (process.HasExited) throw new InvalidOperationException($"scalelite ended with {process.ExitCode}:\n{Log}");
            if (clock.Elapsed > StartsWithin) throw new TimeoutException($"scalelite is not healthy after {StartsWithin.TotalSeconds} s:\n{Log}");
            if (await Lms.HealthAsync() == System.Net.HttpStatusCode.OK) return;
            await Task.Delay(50);
        }
    }

    private async Task SignalAsync(string name)
    {
        using var kill = Process.Start("kill", [$"-{name}", process.Id.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync();
    }

    private void Keep(string? line)
    {
        if (line is null) return;
        log.Enqueue(line);
        while (log.Count > LongestLog) log.TryDequeue(out _);
    }
}
