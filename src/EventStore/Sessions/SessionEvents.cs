using Scalelite.EventStore.Appending;
using Scalelite.EventStore.Reading;
using Scalelite.EventStore.Types;

namespace Scalelite.EventStore.Sessions;

/// <summary>What a session has appended and not yet saved, and its reads.</summary>
internal sealed class SessionEvents(EventTypes types, StreamQueries queries) : IEventStoreOperations
{
    private readonly List<StreamAction> _actions = [];
    private readonly Dictionary<string, StreamAction> _last = new(StringComparer.Ordinal);

    public IReadOnlyList<StreamAction> Appended => _actions;

    public void StartStream(string streamKey, params object[] events)
    {
        ArgumentException.ThrowIfNullOrEmpty(streamKey);
        ArgumentNullException.ThrowIfNull(events);
        if (events.Length == 0) throw new ArgumentException($"Stream '{streamKey}' cannot be started without an event", nameof(events));
        Add(NewAction(streamKey, starts: true), events);
    }

    public void Append(string stream, params object[] events) => AppendTo(stream, events);

    public void Append(string stream, long expectedVersion, params object[] events) =>
        AppendTo(stream, events)?.ExpectVersionAfter(expectedVersion);

    public async Task<IReadOnlyList<IEvent>> FetchStreamAsync(
        string streamKey, long version = 0, DateTimeOffset? timestamp = null, long fromVersion = 0, CancellationToken token = default) =>
        await queries.EventsAsync(streamKey, version, timestamp, fromVersion, token);

    public Task<StreamState?> FetchStreamStateAsync(string streamKey, CancellationToken token = default) =>
        queries.StateAsync(streamKey, token);

    public async Task<T?> AggregateStreamAsync<T>(
        string streamKey, long version = 0, DateTimeOffset? timestamp = null, T? state = null, long fromVersion = 0, CancellationToken token = default)
        where T : class =>
        AggregateFold<T>.Fold(state, await queries.EventsAsync(streamKey, version, timestamp, fromVersion, token));

    /// <summary>Gives the events their versions where these are known, and the metadata of this save; returns them in order.</summary>
    public IReadOnlyList<IEvent> Stamp(
        DateTimeOffset now, string? correlation, string? causation, Dictionary<string, object>? headers)
    {
        var stamped = new List<IEvent>();
        foreach (var action in _actions)
        {
            if (action.From < 0) throw new EventStreamUnexpectedMaxEventIdException(action.Key, action.To!.Value);
            var version = action.From;
            foreach (var @event in action.Events)
            {
                @event.Version = ++version ?? 0;
                @event.Timestamp = now;
                (@event.CorrelationId, @event.CausationId, @event.Headers) = (correlation, causation, headers);
                stamped.Add(@event);
            }
        }

        return stamped;
    }

    public void Clear()
    {
        _actions.Clear();
        _last.Clear();
    }

    private StreamAction? AppendTo(string stream, object[] events)
    {
        ArgumentException.ThrowIfNullOrEmpty(stream);
        ArgumentNullException.ThrowIfNull(events);
        if (events.Length == 0) return null;
        var action = _last.TryGetValue(stream, out var last) ? last : NewAction(stream, starts: false);
        Add(action, events);
        return action;
    }

    private StreamAction NewAction(string stream, bool starts)
    {
        var action = new StreamAction(stream, starts);
        _actions.Add(action);
        return _last[stream] = action;
    }

    private void Add(StreamAction action, object[] events)
    {
        foreach (var @event in events)
        {
            ArgumentNullException.ThrowIfNull(@event, nameof(events));
            var wrapped = types.Of(@event.GetType()).Wrap(@event, action.Key);
            wrapped.Id = Guid.CreateVersion7();
            action.Add(wrapped);
        }
    }
}
