using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using Npgsql;

namespace Scalelite.EventLog;

/// <summary>
/// A PostgreSQL of our own in a folder of its own, for the demo and the tests. It stops with the program; after a kill a small
/// shell that watches stops it, and what is left of an old one is stopped at the next start.
/// </summary>
public sealed class PrivateCluster : IAsyncDisposable
{
    private readonly string _folder;
    private readonly string _data;
    private readonly string _socketFolder;
    private readonly PrivateClusterOptions _options;
    private readonly ClusterUser _user;
    private readonly string _binaries;
    private readonly FileStream _lock;
    private Process? _watcher;
    private int _disposed;

    private PrivateCluster(string folder, PrivateClusterOptions options, ClusterUser user, string binaries, FileStream @lock)
    {
        (_folder, _options, _user, _binaries, _lock) = (folder, options, user, binaries, @lock);
        _data = Path.Combine(folder, "data");
        // A socket's path has room for about a hundred bytes.
        _socketFolder = Encoding.UTF8.GetByteCount(folder) <= 88 ? folder
            : $"/tmp/scalelite-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(folder)))[..12]}";
    }

    /// <summary>Connects to the database <c>postgres</c> as its superuser.</summary>
    public string ConnectionString => ConnectionStringTo("postgres");

    /// <summary>The port on 127.0.0.1, or null if the cluster listens on its socket alone.</summary>
    public int? Port { get; private set; }

    /// <summary>A folder that does not exist yet, where also the user that PostgreSQL runs as can come to.</summary>
    public static string TemporaryFolder()
    {
        var folder = Path.Combine(Path.GetTempPath(), $"scalelite-{Guid.NewGuid():n}"[..24]);
        return ClusterUser.Find().CanReach(folder) ? folder : Path.Combine("/tmp", Path.GetFileName(folder));
    }

    /// <summary>Starts the cluster of this folder; makes it first if there is none.</summary>
    /// <param name="folder">Its folder, wholly the cluster's own.</param>
    /// <param name="options">How it runs.</param>
    /// <param name="say">Told what takes long or changes the machine.</param>
    /// <param name="cancellation">Gives up starting.</param>
    /// <exception cref="PrivateClusterException">It cannot run; the message says what to do.</exception>
    public static async Task<PrivateCluster> StartAsync(
        string folder, PrivateClusterOptions? options = null, Action<string>? say = null, CancellationToken cancellation = default)
    {
        if (OperatingSystem.IsWindows()) throw new PrivateClusterException("A private PostgreSQL runs on Linux and macOS; here, set DATABASE_URL");
        folder = Path.GetFullPath(folder);
        options ??= new PrivateClusterOptions();
        say ??= _ => { };
        var version = Path.Combine(folder, "data", "PG_VERSION");
        var major = File.Exists(version) ? (await File.ReadAllTextAsync(version, cancellation)).Trim() : null;
        var binaries = await PostgresBinaries.FindAsync(major, options.MayInstall, say, cancellation);
        var user = ClusterUser.Find();
        if (!user.CanReach(folder))
        {
            throw new PrivateClusterException(
                $"PostgreSQL does not run as root but as '{user.Name}', who cannot come to {folder}: name a folder below one that others may enter, such as /var/lib/scalelite");
        }

        Directory.CreateDirectory(folder);
        var cluster = new PrivateCluster(folder, options, user, binaries, Lock(folder));
        try
        {
            await user.OwnAsync(folder, cancellation);
            if (cluster._socketFolder != folder) await user.OwnAsync(cluster._socketFolder, cancellation);
            if (major is null) await cluster.CreateAsync(say, cancellation);
            else await cluster.StopWhatIsLeftAsync(say, cancellation);
            AppDomain.CurrentDomain.ProcessExit += cluster.OnProcessExit;
            await cluster.StartAgainAsync(cancellation);
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    /// <summary>Connects to a database of this cluster as its superuser.</summary>
    public string ConnectionStringTo(string database) => new NpgsqlConnectionStringBuilder
    {
        Host = Port is null ? _socketFolder : "127.0.0.1",
        Port = Port ?? 5432,
        Username = "postgres",
        Database = database,
        SslMode = SslMode.Disable,
        GssEncryptionMode = GssEncryptionMode.Disable,
    }.ConnectionString;

    /// <summary>Makes a database if there is none of this name; returns what connects to it.</summary>
    public async Task<string> CreateDatabaseAsync(string name, CancellationToken cancellation = default)
    {
        await using var connection = new NpgsqlConnection(ConnectionString);
        await connection.OpenAsync(cancellation);
        await using var create = new NpgsqlCommand($"create database \"{name.Replace("\"", "\"\"")}\"", connection);
        try
        {
            await create.ExecuteNonQueryAsync(cancellation);
        }
        catch (PostgresException exists) when (exists.SqlState is PostgresErrorCodes.DuplicateDatabase or PostgresErrorCodes.UniqueViolation)
        {
            // It is there, which is what was asked for.
        }

        return ConnectionStringTo(name);
    }

    /// <summary>Stops PostgreSQL and keeps its folder; <paramref name="immediately"/> as a crash would.</summary>
    public async Task StopAsync(bool immediately = false, CancellationToken cancellation = default)
    {
        if (_watcher is not { } watcher) return;
        await watcher.StandardInput.WriteLineAsync((immediately ? "immediate" : "fast").AsMemory(), cancellation);
        watcher.StandardInput.Close();
        await watcher.WaitForExitAsync(cancellation);
        watcher.Dispose();
        _watcher = null;
    }

    /// <summary>Starts PostgreSQL after <see cref="StopAsync"/>, at the same address.</summary>
    /// <exception cref="PrivateClusterException">It does not start; the message has the end of its log.</exception>
    public async Task StartAgainAsync(CancellationToken cancellation = default)
    {
        if (_watcher is not null) return;
        Port ??= _options.Port is 0 ? FreePort() : _options.Port;
        await WriteSettingsAsync(cancellation);
        var log = Path.Combine(_folder, "postgresql.log");
        var start = _user.Start(
            "/bin/sh", "-c", await Script(cancellation), "watch-cluster", Path.Combine(_binaries, "pg_ctl"), _data, log, _options.Temporary ? _folder : "");
        if (ExecutablePath.Find("setsid") is { } setsid)
        {
            // Out of reach of what a terminal or a test runner does to the whole process group.
            start.ArgumentList.Insert(0, start.FileName);
            start.FileName = setsid;
        }

        start.RedirectStandardInput = start.RedirectStandardOutput = true;
        var watcher = Process.Start(start)!;
        while (await watcher.StandardOutput.ReadLineAsync(cancellation) is { } line)
        {
            if (line != "ready") continue;
            _watcher = watcher;
            return;
        }

        watcher.Dispose();
        var end = File.Exists(log) ? string.Join('\n', (await File.ReadAllLinesAsync(log, cancellation)).TakeLast(20)) : "it wrote no log";
        throw new PrivateClusterException($"PostgreSQL does not start in {_folder}:\n{end}");
    }

    /// <summary>Stops and starts PostgreSQL; every connection is lost.</summary>
    public async Task RestartAsync(bool immediately = false, CancellationToken cancellation = default)
    {
        await StopAsync(immediately, cancellation);
        await StartAgainAsync(cancellation);
    }

    /// <summary>Stops PostgreSQL; a temporary folder is removed.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 1) return;
        AppDomain.CurrentDomain.ProcessExit -= OnProcessExit;
        if (_watcher is { } watcher)
        {
            watcher.StandardInput.Close();
            await watcher.WaitForExitAsync();
            watcher.Dispose();
            _watcher = null;
        }

        await _lock.DisposeAsync();
        RemoveIfTemporary();
    }

    private static FileStream Lock(string folder)
    {
        try
        {
            return new FileStream(Path.Combine(folder, "lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException e)
        {
            throw new PrivateClusterException($"Another program uses the PostgreSQL in {folder}: stop it, or name another folder", e);
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static async Task<string> Script(CancellationToken cancellation)
    {
        await using var stream = typeof(PrivateCluster).Assembly.GetManifestResourceStream("watch-cluster.sh")!;
        return await new StreamReader(stream).ReadToEndAsync(cancellation);
    }

    private async Task CreateAsync(Action<string> say, CancellationToken cancellation)
    {
        say($"Making a PostgreSQL cluster in {_folder}");
        // Made beside and renamed, so that a start that was killed half-way leaves nothing that looks like a cluster.
        var draft = Path.Combine(_folder, "draft");
        if (Directory.Exists(draft)) Directory.Delete(draft, recursive: true);
        string[] arguments = ["-D", draft, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C"];
        await Command.RunAsync(_user.Start(Path.Combine(_binaries, "initdb"), _options.Durable ? arguments : [.. arguments, "--no-sync"]), cancellation);
        await File.AppendAllTextAsync(Path.Combine(draft, "postgresql.conf"), "\ninclude 'private.conf'\n", cancellation);
        Directory.Move(draft, _data);
    }

    private Task WriteSettingsAsync(CancellationToken cancellation)
    {
        var settings = new Dictionary<string, string>
        {
            ["listen_addresses"] = Port is null ? "" : "127.0.0.1",
            ["port"] = $"{Port ?? 5432}",
            ["unix_socket_directories"] = _socketFolder,
            ["max_connections"] = $"{_options.MaxConnections}",
            ["fsync"] = _options.Durable ? "on" : "off",
            ["full_page_writes"] = _options.Durable ? "on" : "off",
            ["timezone"] = "UTC",
        };
        foreach (var (name, value) in _options.Settings) settings[name] = value;
        return File.WriteAllLinesAsync(
            Path.Combine(_data, "private.conf"), settings.Select(setting => $"{setting.Key} = '{setting.Value.Replace("'", "''")}'"), cancellation);
    }

    private async Task StopWhatIsLeftAsync(Action<string> say, CancellationToken cancellation)
    {
        var pidFile = Path.Combine(_data, "postmaster.pid");
        if (!File.Exists(pidFile)) return;
        var pid = (await File.ReadAllLinesAsync(pidFile, cancellation)).FirstOrDefault("").Trim();
        if (await IsOursAsync(pid, cancellation))
        {
            say($"Stopping the PostgreSQL that an earlier run left in {_folder}");
            await Command.TryAsync(_user.Start(Path.Combine(_binaries, "pg_ctl"), "stop", "-D", _data, "-m", "fast", "-w", "-t", "120"), cancellation);
        }
        else
        {
            // The number may by now be another program's, which PostgreSQL would take for a postmaster.
            File.Delete(pidFile);
        }
    }

    private async Task<bool> IsOursAsync(string pid, CancellationToken cancellation)
    {
        if (pid.Length == 0 || !pid.All(char.IsAsciiDigit)) return false;
        if (!OperatingSystem.IsLinux())
            return (await Command.TryAsync(new ProcessStartInfo("ps", ["-o", "command=", "-p", pid]), cancellation)).Output.Contains(_data);
        try
        {
            return (await File.ReadAllTextAsync($"/proc/{pid}/cmdline", cancellation)).Contains(_data);
        }
        catch (IOException)
        {
            return false;
        }
    }

    private void OnProcessExit(object? sender, EventArgs e)
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 1) return;
        if (_watcher is { } watcher)
        {
            watcher.StandardInput.Close();
            watcher.WaitForExit(TimeSpan.FromSeconds(10));
        }

        RemoveIfTemporary();
    }

    private void RemoveIfTemporary()
    {
        if (_socketFolder != _folder && Directory.Exists(_socketFolder)) Directory.Delete(_socketFolder, recursive: true);
        if (_options.Temporary && Directory.Exists(_folder)) Directory.Delete(_folder, recursive: true);
    }
}
