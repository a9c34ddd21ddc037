namespace Scalelite.EventStore;

/// <summary>A stream was to be started that exists.</summary>
public sealed class ExistingStreamIdCollisionException(string stream, Exception? inner = null)
    : Exception($"Stream '{stream}' exists already", inner);

/// <summary>A stream is not at the version that the writer expected.</summary>
public sealed class EventStreamUnexpectedMaxEventIdException(string stream, long expected, Exception? inner = null)
    : Exception($"Stream '{stream}' would not be at version {expected} after this append: another writer was first", inner);

/// <summary>A stream was to be appended to that is archived.</summary>
public sealed class InvalidStreamOperationException(string stream, Exception? inner = null)
    : Exception($"Stream '{stream}' is archived: nothing can be appended to it", inner);

/// <summary>An event is stored under a type name that this program does not know.</summary>
public sealed class UnknownEventTypeException(string eventTypeName, long sequence)
    : Exception($"Event {sequence} is of type '{eventTypeName}', which is not among the registered event types")
{
    /// <summary>The stored name, <c>server_registered</c>.</summary>
    public string EventTypeName { get; } = eventTypeName;
}
