using Npgsql;
using Scalelite.EventStore.Sessions;
using Scalelite.EventStore.Types;

namespace Scalelite.EventStore;

/// <summary>
/// The event store on one PostgreSQL database, whose tables <see cref="EventTables"/> creates. It keeps no state but the names of
/// types, and needs nothing of a database session that outlives a transaction.
/// </summary>
/// <param name="database">Where the connections come from.</param>
/// <param name="eventTypes">The events that can be read; a stored event of another type is an <see cref="UnknownEventTypeException"/>.</param>
/// <param name="projections">The inline projections, called in this order whenever events are saved.</param>
/// <param name="clock">Gives events their time; the system's clock by default.</param>
public sealed class DocumentStore(
    NpgsqlDataSource database, IEnumerable<Type> eventTypes, IEnumerable<IProjection> projections, TimeProvider? clock = null) : IDocumentStore
{
    private readonly TimeProvider _clock = clock ?? TimeProvider.System;

    internal NpgsqlDataSource Database { get; } = database;

    internal EventTypes Types { get; } = new(eventTypes);

    internal IReadOnlyList<IProjection> Projections { get; } = [.. projections];

    /// <inheritdoc />
    public IDocumentSession LightweightSession() => new DocumentSession(this, null);

    /// <inheritdoc />
    public IDocumentSession LightweightSession(SessionOptions options) => new DocumentSession(this, options);

    // PostgreSQL keeps microseconds: an inline projection sees the very time that a rebuild will.
    internal DateTimeOffset Now()
    {
        var now = _clock.GetUtcNow();
        return new DateTimeOffset(now.Ticks - (now.Ticks % TimeSpan.TicksPerMicrosecond), TimeSpan.Zero);
    }
}
