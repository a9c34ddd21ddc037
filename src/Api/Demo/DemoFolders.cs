using Scalelite.Workers.Configuration;

namespace Scalelite.Api.Demo;

/// <summary>Folders of the demo's own: the spool that nodes and load balancer share, and those where recordings lie.</summary>
internal sealed class DemoFolders : IDisposable
{
    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("scalelite-demo-");

    /// <summary>Where archives appear.</summary>
    public string Spool => Folder("spool");

    /// <summary>Where recordings lie.</summary>
    public RecordingSettings Recordings => new() { PublishFolder = Folder("published"), UnpublishFolder = Folder("unpublished") };

    /// <summary>Where the seals of the log are written.</summary>
    public string SealFile => Path.Combine(_root.FullName, "seals.jsonl");

    /// <inheritdoc/>
    public void Dispose() => _root.Delete(recursive: true);

    private string Folder(string name) => _root.CreateSubdirectory(name).FullName;
}
