namespace Scalelite.EventStore;

/// <summary>A stream was to be started that exists.</summary>
public sealed class ExistingStreamIdCollisionException(string stream, Exception? inner = null)
    : Exception($"Stream '{stream}' exists already", inner);

/// <summary>A stream is not at the version that the writer expected.</summary>
public sealed class EventStreamUnexpectedMaxEventIdException(string stream, long expected, Exception? inner = null)
    : Exception($"Stream '{stream}' would not be at version {expected} after this append: another writer was first", inner);
