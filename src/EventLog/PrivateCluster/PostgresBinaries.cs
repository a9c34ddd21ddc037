using System.Diagnostics;
using System.Globalization;

namespace Scalelite.EventLog;

/// <summary>Where <c>initdb</c>, <c>pg_ctl</c> and <c>postgres</c> are.</summary>
internal static class PostgresBinaries
{
    private static readonly string[] Programs = ["initdb", "pg_ctl", "postgres"];

    /// <summary>
    /// The folder of the binaries: <c>PG_BIN</c>, else the PATH, else the newest that Debian installed, else newly installed ones.
    /// A cluster that exists wants the major version that made it.
    /// </summary>
    /// <exception cref="PrivateClusterException">There are none; the message has the one command to type.</exception>
    public static async Task<string> FindAsync(string? major, bool mayInstall, Action<string> say, CancellationToken cancellation)
    {
        if (await LookAsync(major, cancellation) is { } found) return found;
        if (major is not null && await LookAsync(null, cancellation) is { } other)
        {
            throw new PrivateClusterException(
                $"The cluster was made by PostgreSQL {major}, but only {other} was found: set PG_BIN to the binaries of {major}, or remove the cluster's folder");
        }

        var apt = ExecutablePath.Find("apt-get");
        if (apt is null)
            throw new PrivateClusterException("PostgreSQL was not found (PG_BIN, PATH, /usr/lib/postgresql): install its server with your system's package manager");
        if (!Environment.IsPrivilegedProcess)
            throw new PrivateClusterException("PostgreSQL was not found (PG_BIN, PATH, /usr/lib/postgresql). Type: sudo apt-get install -y postgresql");
        if (!mayInstall)
            throw new PrivateClusterException("PostgreSQL was not found (PG_BIN, PATH, /usr/lib/postgresql). Type: apt-get install -y postgresql");

        await InstallAsync(apt, say, cancellation);
        return await LookAsync(major, cancellation)
            ?? throw new PrivateClusterException("apt-get installed postgresql, but its binaries are not in /usr/lib/postgresql: set PG_BIN");
    }

    private static async Task<string?> LookAsync(string? major, CancellationToken cancellation)
    {
        foreach (var folder in Candidates().Where(folder => Programs.All(program => File.Exists(Path.Combine(folder, program)))))
        {
            if (major is null) return folder;
            var (code, version) = await Command.TryAsync(new ProcessStartInfo(Path.Combine(folder, "postgres"), ["--version"]), cancellation);
            if (code == 0 && version.Split(' ').Any(word => word.Split('.', '\n')[0] == major)) return folder;
        }

        return null;
    }

    private static IEnumerable<string> Candidates()
    {
        if (Environment.GetEnvironmentVariable("PG_BIN") is { Length: > 0 } told) yield return told;
        foreach (var folder in (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries)) yield return folder;
        if (!Directory.Exists("/usr/lib/postgresql")) yield break;
        foreach (var folder in Directory.GetDirectories("/usr/lib/postgresql")
            .OrderByDescending(path => double.TryParse(Path.GetFileName(path), CultureInfo.InvariantCulture, out var version) ? version : 0))
        {
            yield return Path.Combine(folder, "bin");
        }
    }

    private static async Task InstallAsync(string apt, Action<string> say, CancellationToken cancellation)
    {
        // Test assemblies that start together wait for one installation.
        await using var once = await WaitForLockAsync("/run/scalelite-install-postgresql.lock", cancellation);
        if (await LookAsync(null, cancellation) is not null) return;

        say("PostgreSQL is not on this machine: installing it (apt-get install postgresql, without a cluster of its own) …");
        await Apt("update");
        // postgresql-common decides whether a main cluster is made, so it is told before the server comes.
        await Apt("install", "-y", "--no-install-recommends", "postgresql-common");
        const string Settings = "/etc/postgresql-common/createcluster.conf";
        var lines = File.Exists(Settings) ? await File.ReadAllLinesAsync(Settings, cancellation) : [];
        await File.WriteAllLinesAsync(
            Settings,
            lines.Where(line => !line.TrimStart('#', ' ').StartsWith("create_main_cluster", StringComparison.Ordinal)).Append("create_main_cluster = false"),
            cancellation);
        await Apt("install", "-y", "--no-install-recommends", "postgresql");
        say("PostgreSQL is installed; /etc/postgresql-common/createcluster.conf now says create_main_cluster = false");

        Task<string> Apt(params string[] arguments) => Command.RunAsync(
            new ProcessStartInfo(apt, ["-q", "-o", "DPkg::Lock::Timeout=300", .. arguments]) { Environment = { ["DEBIAN_FRONTEND"] = "noninteractive" } },
            cancellation);
    }

    private static async Task<FileStream> WaitForLockAsync(string path, CancellationToken cancellation)
    {
        while (true)
        {
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException) when (File.Exists(path))
            {
                await Task.Delay(TimeSpan.FromMilliseconds(200), cancellation);
            }
        }
    }
}
