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
