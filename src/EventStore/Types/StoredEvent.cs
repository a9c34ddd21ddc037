namespace Scalelite.EventStore.Types;

/// <summary>An event with its metadata, on its way into the store or out of it.</summary>
internal abstract class StoredEvent : IEvent
{
    public required EventType Type { get; init; }

    public Guid Id { get; set; }

    public long Version { get; set; }

    public long Sequence { get; init; }

    public abstract object Data { get; }

    public required string? StreamKey { get; init; }

    public string EventTypeName => Type.Name;

    public DateTimeOffset Timestamp { get; set; }

    public string? CorrelationId { get; set; }

    public string? CausationId { get; set; }

    public Dictionary<string, object>? Headers { get; set; }
}

internal sealed class StoredEvent<T>(T data) : StoredEvent, IEvent<T>
    where T : notnull
{
    public override object Data => data;

    T IEvent<T>.Data => data;
}
