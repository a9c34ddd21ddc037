namespace Scalelite.Projections.Recordings;

/// <summary>Fills the tables of recording_catalog, recording_metadata, recording_format and recording_file_work.</summary>
public sealed class RecordingProjection : IProjection
{
    /// <inheritdoc/>
    public Task ApplyAsync(IDocumentOperations operations, IReadOnlyList<IEvent> events, CancellationToken cancellation) => Task.CompletedTask;
}
