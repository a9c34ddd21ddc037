using System.Reflection;

namespace Scalelite.EventLog;

/// <summary>SQL that makes one table, function or view. It may run any number of times, and names things without a schema.</summary>
/// <param name="Name">What it makes, <c>server_load</c>; told when it fails.</param>
public sealed record SqlScript(string Name, string Sql)
{
    /// <summary>Reads an embedded <c>.sql</c> file, <c>Polling.server_load.sql</c>, below the assembly's own name.</summary>
    /// <exception cref="ArgumentException">The assembly has no such resource.</exception>
    public static SqlScript Read(Assembly assembly, string path)
    {
        var resource = $"{assembly.GetName().Name}.{path}";
        using var stream = assembly.GetManifestResourceStream(resource)
            ?? throw new ArgumentException($"{assembly.GetName().Name} has no embedded file {resource}", nameof(path));
        using var reader = new StreamReader(stream);
        var parts = path.Split('.');
        return new SqlScript(parts[^2], reader.ReadToEnd());
    }
}
