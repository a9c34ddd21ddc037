using System.Text;

namespace Scalelite.Simulator.Recordings;

/// <summary>A file of a format.</summary>
/// <param name="Path">Relative to the format's folder, with slashes.</param>
public sealed record ArchivedFile(string Path, ReadOnlyMemory<byte> Content)
{
    /// <summary>A text file, in UTF-8.</summary>
    public ArchivedFile(string path, string text)
        : this(path, Encoding.UTF8.GetBytes(text))
    {
    }
}
