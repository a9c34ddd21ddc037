namespace Scalelite.EventStore;

/// <summary>Turns events into rows. Inline: called before the commit, in the transaction of the events.</summary>
public interface IProjection
{
    /// <summary>Queues the SQL that these events ask for; it must not read anything.</summary>
    Task ApplyAsync(IDocumentOperations operations, IReadOnlyList<IEvent> events, CancellationToken cancellation);
}
