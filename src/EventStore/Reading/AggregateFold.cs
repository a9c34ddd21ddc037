using System.Collections.Concurrent;
using System.Linq.Expressions;
using System.Reflection;

namespace Scalelite.EventStore.Reading;

/// <summary>
/// Folds events into an aggregate by convention: a static <c>Create(T)</c> or <c>Create(IEvent&lt;T&gt;)</c> begins it, <c>Apply</c>
/// methods of the same shapes go on, and return the next state, or nothing where they change it in place. Where there is no
/// <c>Create</c> for the first event, a constructor without parameters begins it. Events without a method are passed over.
/// </summary>
internal static class AggregateFold<T>
    where T : class
{
    // One compiled step for each type of event.
    private static readonly ConcurrentDictionary<Type, Func<T?, IEvent, T?>> Steps = new();

    public static T? Fold(T? state, IEnumerable<IEvent> events)
    {
        foreach (var @event in events) state = Steps.GetOrAdd(@event.Data.GetType(), Compile)(state, @event);
        return state;
    }

    private static Func<T?, IEvent, T?> Compile(Type data)
    {
        var state = Expression.Parameter(typeof(T), "state");
        var @event = Expression.Parameter(typeof(IEvent), "event");
        var create = Find("Create", BindingFlags.Static, data);
        var apply = Find("Apply", BindingFlags.Instance, data);
        var empty = typeof(T).GetConstructor(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance, []);

        Expression nothing = Expression.Constant(null, typeof(T));
        var begun = create is not null
            ? Expression.Convert(Expression.Call(create, Argument(create, @event)), typeof(T))
            : apply is not null && empty is not null ? Applied(Expression.New(empty), apply, @event) : nothing;
        var next = apply is null ? state : Applied(state, apply, @event);
        var body = Expression.Condition(Expression.ReferenceEqual(state, nothing), begun, next, typeof(T));
        return Expression.Lambda<Func<T?, IEvent, T?>>(body, state, @event).Compile();
    }

    private static Expression Applied(Expression state, MethodInfo apply, Expression @event)
    {
        if (apply.ReturnType != typeof(void)) return Expression.Convert(Expression.Call(state, apply, Argument(apply, @event)), typeof(T));
        var changed = Expression.Variable(typeof(T), "changed");
        return Expression.Block(
            typeof(T), [changed], Expression.Assign(changed, state), Expression.Call(changed, apply, Argument(apply, @event)), changed);
    }

    private static UnaryExpression Argument(MethodInfo method, Expression @event)
    {
        var taken = method.GetParameters()[0].ParameterType;
        return typeof(IEvent).IsAssignableFrom(taken)
            ? Expression.Convert(@event, taken)
            : Expression.Convert(Expression.Property(@event, nameof(IEvent.Data)), taken);
    }

    // The method for the event's own type before one for a type that it derives from.
    private static MethodInfo? Find(string name, BindingFlags kind, Type data)
    {
        var wrapped = typeof(IEvent<>).MakeGenericType(data);
        return typeof(T).GetMethods(kind | BindingFlags.Public | BindingFlags.NonPublic)
            .Where(m => m.Name == name && m.GetParameters().Length == 1 && Returns(m))
            .Select(m => (Method: m, Taken: m.GetParameters()[0].ParameterType))
            .Where(m => m.Taken.IsAssignableFrom(data) || m.Taken.IsAssignableFrom(wrapped))
            .OrderByDescending(m => m.Taken == data || m.Taken == wrapped)
            .Select(m => m.Method)
            .FirstOrDefault();
    }

    private static bool Returns(MethodInfo method) =>
        typeof(T).IsAssignableFrom(method.ReturnType) || (method is { IsStatic: false } && method.ReturnType == typeof(void));
}
