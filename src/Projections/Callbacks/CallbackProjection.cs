namespace Scalelite.Projections.Callbacks;

/// <summary>Fills the tables of callback_queue.</summary>
public sealed class CallbackProjection : IProjection
{
    /// <inheritdoc/>
    public Task ApplyAsync(IDocumentOperations operations, IReadOnlyList<IEvent> events, CancellationToken cancellation) => Task.CompletedTask;
}
