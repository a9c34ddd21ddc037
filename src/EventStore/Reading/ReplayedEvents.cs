using System.Text;
using Scalelite.EventStore.Types;

namespace Scalelite.EventStore;

/// <summary>Makes events of rows that somebody else read from <c>mt_events</c>, for a rebuild of read models.</summary>
/// <param name="eventTypes">The events that can be read.</param>
public sealed class ReplayedEvents(IEnumerable<Type> eventTypes)
{
    private readonly EventTypes _types = new(eventTypes);

    /// <summary>An event as <see cref="IEventStoreOperations.FetchStreamAsync"/> would give it; <paramref name="data"/> and <paramref name="headers"/> are JSON.</summary>
    /// <exception cref="UnknownEventTypeException">No known type bears the name.</exception>
    public IEvent Read(
        long sequence,
        Guid id,
        string stream,
        long version,
        string eventTypeName,
        string data,
        DateTimeOffset timestamp,
        string? correlationId,
        string? causationId,
        string? headers)
    {
        var type = _types.Named(eventTypeName, sequence);
        var stored = type.Wrap(EventJson.Read(Encoding.UTF8.GetBytes(data), type.DotNetType), stream, sequence);
        stored.Id = id;
        stored.Version = version;
        stored.Timestamp = timestamp;
        stored.CorrelationId = correlationId;
        stored.CausationId = causationId;
        stored.Headers = headers is null ? null : EventJson.ReadHeaders(Encoding.UTF8.GetBytes(headers));
        return stored;
    }
}
