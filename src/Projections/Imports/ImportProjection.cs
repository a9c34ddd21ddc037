namespace Scalelite.Projections.Imports;

/// <summary>Fills the tables of import_queue.</summary>
public sealed class ImportProjection : IProjection
{
    /// <inheritdoc/>
    public Task ApplyAsync(IDocumentOperations operations, IReadOnlyList<IEvent> events, CancellationToken cancellation) => Task.CompletedTask;
}
