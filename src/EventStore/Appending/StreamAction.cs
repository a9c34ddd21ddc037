using Scalelite.EventStore.Types;

namespace Scalelite.EventStore.Appending;

/// <summary>What a session will append to one stream.</summary>
internal sealed class StreamAction(string key, bool starts)
{
    private readonly List<StoredEvent> _events = [];

    public string Key { get; } = key;

    public bool Starts { get; } = starts;

    public IReadOnlyList<StoredEvent> Events => _events;

    /// <summary>The version that the stream must have before the append; null where any will do.</summary>
    public long? From { get; private set; } = starts ? 0 : null;

    /// <summary>The version of the stream after the append, where <see cref="From"/> is known.</summary>
    public long? To => From + _events.Count;

    public void Add(StoredEvent @event) => _events.Add(@event);

    public void ExpectVersionAfter(long version)
    {
        if (!Starts) From = version - _events.Count;
    }
}
