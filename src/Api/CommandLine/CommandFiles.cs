using System.Text;

namespace Scalelite.Api.CommandLine;

/// <summary>The files of the person who gave the command: of this machine, or of the one that asked this one to run it.</summary>
internal interface ICommandFiles
{
    /// <summary>The text of a file.</summary>
    /// <exception cref="IOException">It cannot be read; or <see cref="UnauthorizedAccessException"/>.</exception>
    Task<string> ReadAsync(string path, CancellationToken cancellation);

    /// <summary>Begins a file anew; what is written is there when the stream is disposed.</summary>
    /// <exception cref="IOException">It cannot be written; or <see cref="UnauthorizedAccessException"/>.</exception>
    Stream Create(string path);
}

/// <summary>This machine's files.</summary>
internal sealed class LocalFiles : ICommandFiles
{
    public static readonly LocalFiles Instance = new();

    public Task<string> ReadAsync(string path, CancellationToken cancellation) => File.ReadAllTextAsync(path, cancellation);

    public Stream Create(string path) => new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.Read);
}

/// <summary>Texts as files.</summary>
internal static class TextFiles
{
    private const int Buffer = 1 << 16;

    /// <summary>Begins a file of text anew: UTF-8 without a mark.</summary>
    /// <exception cref="IOException">It cannot be written; or <see cref="UnauthorizedAccessException"/>.</exception>
    public static TextWriter CreateText(this ICommandFiles files, string path) => new StreamWriter(files.Create(path), new UTF8Encoding(false), Buffer);
}
