namespace Scalelite.EventStore;

/// <summary>An event as it is stored, with its metadata.</summary>
public interface IEvent
{
    /// <summary>The event's own id.</summary>
    Guid Id { get; }

    /// <summary>Its place in its stream, from 1; 0 in an inline projection of an append without an expected version.</summary>
    long Version { get; }

    /// <summary>Its number in the log; 0 in an inline projection.</summary>
    long Sequence { get; }

    /// <summary>The event itself.</summary>
    object Data { get; }

    /// <summary>The key of its stream.</summary>
    string? StreamKey { get; }

    /// <summary>The stored name of its type, <c>server_registered</c>.</summary>
    string EventTypeName { get; }

    /// <summary>When it was appended.</summary>
    DateTimeOffset Timestamp { get; }

    /// <summary>The request that caused it.</summary>
    string? CorrelationId { get; }

    /// <summary>The command that caused it.</summary>
    string? CausationId { get; }

    /// <summary>Who did it (<c>actor</c>), and the like.</summary>
    Dictionary<string, object>? Headers { get; }
}

/// <summary>An event whose type is known.</summary>
public interface IEvent<out T> : IEvent
    where T : notnull
{
    /// <summary>The event itself.</summary>
    new T Data { get; }
}
