using System.Diagnostics;

namespace Scalelite.EventLog;

/// <summary>The user that PostgreSQL runs as: ourselves, but as root somebody without rights, since PostgreSQL refuses root.</summary>
internal sealed class ClusterUser
{
    private readonly string[] _prefix;

    private ClusterUser(string? name, string[] prefix) => (Name, _prefix) = (name, prefix);

    /// <summary>Its name if it is not ourselves.</summary>
    public string? Name { get; }

    /// <exception cref="PrivateClusterException">We are root, and there is nobody else to be or no way to become them.</exception>
    public static ClusterUser Find()
    {
        if (!Environment.IsPrivilegedProcess) return new ClusterUser(null, []);

        var known = File.ReadLines("/etc/passwd").Select(line => line.Split(':')[0]).ToHashSet();
        var name = known.Contains("postgres") ? "postgres" : known.Contains("nobody") ? "nobody"
            : throw new PrivateClusterException("PostgreSQL does not run as root, and this machine has neither a user 'postgres' nor 'nobody': run as another user");
        if (ExecutablePath.Find("runuser") is { } runuser) return new ClusterUser(name, [runuser, "-u", name, "--"]);
        if (ExecutablePath.Find("setpriv") is { } setpriv)
            return new ClusterUser(name, [setpriv, $"--reuid={name}", $"--regid={Group(name)}", "--clear-groups", "--"]);
        if (ExecutablePath.Find("su") is { } su) return new ClusterUser(name, [su, "-s", "/bin/sh", name, "-c", "exec \"$0\" \"$@\"", "--"]);
        throw new PrivateClusterException("PostgreSQL does not run as root, and this machine has none of runuser, setpriv and su: run as another user");
    }

    /// <summary>Whether the user can come to this folder: what lies above it lets others pass.</summary>
    public bool CanReach(string folder)
    {
        if (Name is null) return true;
        for (var above = Directory.GetParent(folder); above is not null; above = above.Parent)
        {
            if (above.Exists && !above.UnixFileMode.HasFlag(UnixFileMode.OtherExecute)) return false;
        }

        return true;
    }

    /// <summary>Makes the folder the user's, closed to others.</summary>
    public async Task OwnAsync(string folder, CancellationToken cancellation)
    {
        Directory.CreateDirectory(folder);
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        if (Name is null) return;
        var start = new ProcessStartInfo("chown") { ArgumentList = { "-R", Name, folder } };
        await Command.RunAsync(start, cancellation);
    }

    /// <summary>What starts this program as the user.</summary>
    public ProcessStartInfo Start(string program, params IEnumerable<string> arguments)
    {
        // The cluster outlives neither its folder nor ours: it starts where everybody may stand.
        string[] all = [.. _prefix, program, .. arguments];
        return new ProcessStartInfo(all[0], all.Skip(1)) { WorkingDirectory = "/", Environment = { ["LC_ALL"] = "C" } };
    }

    private static string Group(string user) =>
        File.ReadLines("/etc/passwd").Select(line => line.Split(':')).First(fields => fields[0] == user)[3];
}
