namespace Scalelite.EventStore;

/// <summary>What an inline projection may do: queue SQL that commits together with the events.</summary>
public interface IDocumentOperations
{
    /// <summary>Queues one SQL statement with <c>?</c> placeholders; it runs when the session is saved.</summary>
    void QueueSqlCommand(string sql, params object[] parameterValues);
}

/// <summary>A unit of work: appends and queued SQL are written by <see cref="SaveChangesAsync"/> in one transaction, or not at all.</summary>
public interface IDocumentSession : IDocumentOperations, IAsyncDisposable
{
    /// <summary>The streams of this store.</summary>
    IEventStoreOperations Events { get; }

    /// <summary>The request that caused the events of this session.</summary>
    string? CorrelationId { get; set; }

    /// <summary>The command that caused the events of this session.</summary>
    string? CausationId { get; set; }

    /// <summary>Sets a header that every event of this session bears.</summary>
    void SetHeader(string key, object value);

    /// <summary>Writes everything in one transaction; a refused write leaves nothing.</summary>
    /// <exception cref="ExistingStreamIdCollisionException">A stream to be started exists.</exception>
    /// <exception cref="EventStreamUnexpectedMaxEventIdException">A stream is not at the expected version.</exception>
    Task SaveChangesAsync(CancellationToken token = default);
}

/// <summary>Appends to streams and reads them.</summary>
public interface IEventStoreOperations
{
    /// <summary>Starts a stream with these events; saving fails if the stream exists.</summary>
    void StartStream(string streamKey, params object[] events);

    /// <summary>Appends at the end of the stream, wherever that is; starts the stream if there is none.</summary>
    void Append(string stream, params object[] events);

    /// <summary>Appends if the stream's version after the append is <paramref name="expectedVersion"/>.</summary>
    void Append(string stream, long expectedVersion, params object[] events);

    /// <summary>The events of a stream in order of version; empty if there is no such stream.</summary>
    Task<IReadOnlyList<IEvent>> FetchStreamAsync(
        string streamKey, long version = 0, DateTimeOffset? timestamp = null, long fromVersion = 0, CancellationToken token = default);

    /// <summary>The state of a stream, or null if there is none.</summary>
    Task<StreamState?> FetchStreamStateAsync(string streamKey, CancellationToken token = default);

    /// <summary>Folds the stream by the type's <c>Create</c> and <c>Apply</c> methods; null if there are no such events.</summary>
    Task<T?> AggregateStreamAsync<T>(
        string streamKey, long version = 0, DateTimeOffset? timestamp = null, T? state = null, long fromVersion = 0, CancellationToken token = default)
        where T : class;
}

/// <summary>What the store knows of a stream without reading its events.</summary>
public sealed record StreamState(string Key, long Version, DateTimeOffset LastTimestamp, DateTimeOffset Created, bool IsArchived);
