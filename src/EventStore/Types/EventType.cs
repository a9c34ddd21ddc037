using System.Reflection;

namespace Scalelite.EventStore.Types;

/// <summary>How events of one .NET type are named, and wrapped without reflection for each event.</summary>
internal sealed class EventType
{
    private readonly Func<object, EventType, string, long, StoredEvent> _wrap;

    public EventType(Type type)
    {
        DotNetType = type;
        Name = EventTypeName.Of(type);
        DotNetName = EventTypeName.DotNetNameOf(type);
        _wrap = typeof(EventType).GetMethod(nameof(WrapAs), BindingFlags.NonPublic | BindingFlags.Static)!
            .MakeGenericMethod(type).CreateDelegate<Func<object, EventType, string, long, StoredEvent>>();
    }

    public Type DotNetType { get; }

    /// <summary><c>server_registered</c></summary>
    public string Name { get; }

    /// <summary><c>Scalelite.Servers.ServerRegistered, Scalelite.Domain</c></summary>
    public string DotNetName { get; }

    public StoredEvent Wrap(object data, string stream, long sequence = 0) => _wrap(data, this, stream, sequence);

    private static StoredEvent<T> WrapAs<T>(object data, EventType type, string stream, long sequence)
        where T : notnull => new((T)data) { Type = type, StreamKey = stream, Sequence = sequence };
}
