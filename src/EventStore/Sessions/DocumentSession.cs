using Npgsql;
using Scalelite.EventStore.Appending;
using Scalelite.EventStore.Reading;
using Scalelite.EventStore.Types;

namespace Scalelite.EventStore.Sessions;

/// <summary>A unit of work. It holds no connection between its calls, and is not for use by several threads at once.</summary>
internal sealed class DocumentSession(DocumentStore store, SessionOptions? options) : IDocumentSession
{
    private readonly SessionEvents _events = new(store.Types, new StreamQueries(store.Database, options?.Transaction, store.Types));
    private readonly QueuedCommands _queued = new();
    private Dictionary<string, object>? _headers;

    public IEventStoreOperations Events => _events;

    public string? CorrelationId { get; set; }

    public string? CausationId { get; set; }

    public void SetHeader(string key, object value) => (_headers ??= [])[key] = value;

    public void QueueSqlCommand(string sql, params object[] parameterValues) => _queued.QueueSqlCommand(sql, parameterValues);

    public async Task SaveChangesAsync(CancellationToken token = default)
    {
        if (_events.Appended.Count == 0 && _queued.Count == 0) return;
        var events = _events.Stamp(store.Now(), CorrelationId, CausationId, _headers);
        var projected = await ProjectAsync(events, token);

        // One batch is one round trip, and PostgreSQL runs it as one transaction where it is not inside another.
        await using var batch = NewBatch();
        var streams = events.Count > 0 ? EventBatch.AddTo(batch, _events.Appended, events.Count) : [];
        var ofAppend = batch.BatchCommands.Count;
        _queued.AddTo(batch);
        projected?.AddTo(batch);
        if (options is { CommitsTransaction: true }) batch.BatchCommands.Add(new NpgsqlBatchCommand("commit"));
        try
        {
            await batch.ExecuteNonQueryAsync(token);
        }
        catch (PostgresException failure) when (Refusal.Of(failure, batch, streams, ofAppend) is { } refusal)
        {
            throw refusal;
        }

        _events.Clear();
        _queued.Clear();
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private async Task<QueuedCommands?> ProjectAsync(IReadOnlyList<IEvent> events, CancellationToken token)
    {
        if (events.Count == 0 || store.Projections.Count == 0) return null;
        var commands = new QueuedCommands();
        foreach (var projection in store.Projections) await projection.ApplyAsync(commands, events, token);
        return commands;
    }

    private NpgsqlBatch NewBatch()
    {
        if (options?.Transaction is not { } transaction) return store.Database.CreateBatch();
        var connection = transaction.Connection ?? throw new InvalidOperationException("The session's transaction has ended");
        return new NpgsqlBatch(connection, transaction);
    }
}
