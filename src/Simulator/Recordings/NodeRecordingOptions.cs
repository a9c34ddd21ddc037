namespace Scalelite.Simulator.Recordings;

/// <summary>How nodes record: the meetings whose create said <c>record=true</c>, from their creation to their end.</summary>
/// <param name="Deliver">Brings an archive to the load balancer, as the node's post_publish hook does.</param>
public sealed record NodeRecordingOptions(Func<SimulatedNode, RecordingArchive, CancellationToken, Task> Deliver)
{
    /// <summary>How long a node works on each format. An archive is delivered after the first one, and again, with one more, after each other one.</summary>
    public TimeSpan WorkOnFormat { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The formats that a node makes, in this order.</summary>
    public IReadOnlyList<Func<RecordedMeeting, RecordedFormat>> Formats { get; init; } =
        [static meeting => RecordedFormats.Presentation(meeting), static meeting => RecordedFormats.Video(meeting)];

    /// <summary>Nodes and load balancer share a folder.</summary>
    public static NodeRecordingOptions IntoSpool(string folder) => new((_, archive, cancellation) => archive.DropIntoAsync(folder, cancellation));
}
