namespace Scalelite.Simulator.Recordings;

/// <summary>A playback format of a recording: a folder <c>{format}/{recordID}</c> with its files.</summary>
/// <param name="Name">presentation, video, …</param>
/// <param name="Link">Path and query of its playback.</param>
/// <param name="Files">All but <c>metadata.xml</c>.</param>
public sealed record RecordedFormat(string Name, string Link, IReadOnlyList<ArchivedFile> Files)
{
    /// <summary>Pictures of the preview: paths below the site, such as <c>/presentation/{recordID}/…/thumb-1.png</c>.</summary>
    public IReadOnlyList<RecordedThumbnail> Thumbnails { get; init; } = [];

    /// <summary>Of the playback.</summary>
    public TimeSpan Duration { get; init; } = RecordedMedia.Duration;

    /// <summary>How long the node worked on it.</summary>
    public TimeSpan ProcessingTime { get; init; } = TimeSpan.FromSeconds(7.177);

    /// <summary>How its <c>metadata.xml</c> is written.</summary>
    public MetadataWording Wording { get; init; } = new();

    /// <summary>Written as <c>metadata.xml</c>, whatever it is; null writes what the recording is; empty leaves the file out.</summary>
    public string? Metadata { get; init; }
}

/// <summary>A picture of a format's preview.</summary>
public sealed record RecordedThumbnail(string Path, string Alt, int? Width = 176, int? Height = 136);
