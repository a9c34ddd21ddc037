using System.Reflection;

namespace Scalelite.Projections;

/// <summary>The <c>.sql</c> files of this room.</summary>
internal static class Sql
{
    /// <summary>The text of a file, named by folder and file: <c>Placement.pool_load.sql</c>.</summary>
    public static string Read(string name)
    {
        var assembly = Assembly.GetExecutingAssembly();
        using var stream = assembly.GetManifestResourceStream($"Scalelite.Projections.{name}")
            ?? throw new InvalidOperationException($"{name} is not in {assembly.GetName().Name}");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
