using System.Collections.Concurrent;

namespace Scalelite.EventStore.Types;

/// <summary>The event types that a store knows, by stored name and by .NET type.</summary>
internal sealed class EventTypes
{
    private readonly ConcurrentDictionary<string, EventType> _byName = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<Type, EventType> _byType = new();

    public EventTypes(IEnumerable<Type> types)
    {
        foreach (var type in types) Of(type);
    }

    /// <summary>The type of an event to be appended; one that was not registered is from here on.</summary>
    /// <exception cref="ArgumentException">Another class is stored under the same name.</exception>
    public EventType Of(Type type) => _byType.TryGetValue(type, out var known) ? known : Add(type);

    /// <summary>The type of a stored event.</summary>
    /// <exception cref="UnknownEventTypeException">No registered type bears the name.</exception>
    public EventType Named(string name, long sequence) =>
        _byName.TryGetValue(name, out var known) ? known : throw new UnknownEventTypeException(name, sequence);

    private EventType Add(Type type)
    {
        var added = new EventType(type);
        var named = _byName.GetOrAdd(added.Name, added);
        if (named.DotNetType != type)
            throw new ArgumentException($"{type.FullName} and {named.DotNetType.FullName} would both be stored as '{added.Name}'", nameof(type));
        return _byType.GetOrAdd(type, named);
    }
}
