using System.Reflection;
using System.Text;
using Scalelite.EventLog;

namespace Scalelite.Flavour;

/// <summary>Makes Marten's events of rows that somebody else read from <c>mt_events</c>, for a rebuild of read models.</summary>
internal sealed class ReplayedEvents(IEnumerable<Type> eventTypes, ISerializer serializer)
{
    private static readonly MethodInfo WrapAsMethod = typeof(ReplayedEvents).GetMethod(nameof(WrapAs), BindingFlags.NonPublic | BindingFlags.Static)!;

    private readonly Dictionary<string, (Type Type, Func<object, EventRow, IEvent> Wrap)> _types = eventTypes.ToDictionary(
        type => type.GetEventTypeName(),
        type => (type, WrapAsMethod.MakeGenericMethod(type).CreateDelegate<Func<object, EventRow, IEvent>>()));

    /// <exception cref="InvalidOperationException">No known type bears the name.</exception>
    public IEvent Read(EventRow row)
    {
        if (!_types.TryGetValue(row.Type, out var known))
            throw new InvalidOperationException($"Event {row.Sequence} is of type '{row.Type}', which is not among the registered event types");

        using var data = new MemoryStream(Encoding.UTF8.GetBytes(row.Data));
        var read = known.Wrap(serializer.FromJson(known.Type, data), row);
        if (row.Headers is { } headers)
        {
            using var json = new MemoryStream(Encoding.UTF8.GetBytes(headers));
            read.Headers = serializer.FromJson<Dictionary<string, object>>(json);
        }

        return read;
    }

    private static Event<T> WrapAs<T>(object data, EventRow row)
        where T : notnull => new((T)data)
        {
            Id = row.Id,
            Sequence = row.Sequence,
            Version = row.Version,
            StreamKey = row.Stream,
            EventTypeName = row.Type,
            Timestamp = row.Timestamp,
            CorrelationId = row.CorrelationId,
            CausationId = row.CausationId,
        };
}
