using System.Collections.Concurrent;
using System.Linq.Expressions;
using System.Reflection;
using JasperFx.Events.Aggregation;

namespace Scalelite.Flavour;

/// <summary>
/// Folds a stream into an aggregate by its methods <c>Create</c> and <c>Apply</c>, which take an event or an <c>IEvent&lt;T&gt;</c>.
/// Marten's own folding is generated in the aggregate's assembly, which would have to refer to Marten: the domain refers to nothing.
/// </summary>
internal sealed class FoldedAggregate<T> : ProjectionWrapper<IDocumentOperations, IQuerySession>, IAggregator<T, IQuerySession>
    where T : class
{
    private static readonly ConcurrentDictionary<Type, Func<T?, IEvent, T?>> Steps = new();

    // A projection by name only: it is among them so that Marten finds it when somebody asks for a T.
    public FoldedAggregate()
        : base(new WritesNothing(), ProjectionLifecycle.Live) => Name = $"{typeof(T).FullName} folded";

    Type IAggregator<T, IQuerySession>.IdentityType => typeof(string);

    ValueTask<T?> IAggregator<T, IQuerySession>.BuildAsync(
        IReadOnlyList<IEvent> events, IQuerySession session, T? snapshot, CancellationToken cancellation)
    {
        foreach (var happened in events) snapshot = Steps.GetOrAdd(happened.Data.GetType(), Compile)(snapshot, happened);
        return ValueTask.FromResult(snapshot);
    }

    private static Func<T?, IEvent, T?> Compile(Type data)
    {
        var state = Expression.Parameter(typeof(T), "state");
        var happened = Expression.Parameter(typeof(IEvent), "happened");
        var create = Find("Create", BindingFlags.Static, data);
        var apply = Find("Apply", BindingFlags.Instance, data);
        Expression begun = create is null ? Expression.Constant(null, typeof(T)) : Expression.Call(create, Taken(create, happened));
        Expression next = apply is null ? state : Expression.Call(state, apply, Taken(apply, happened));
        var step = Expression.Condition(Expression.ReferenceEqual(state, Expression.Constant(null)), begun, next, typeof(T));
        return Expression.Lambda<Func<T?, IEvent, T?>>(step, state, happened).Compile();
    }

    private static MethodInfo? Find(string name, BindingFlags kind, Type data)
    {
        Type[] taken = [data, typeof(IEvent<>).MakeGenericType(data)];
        return typeof(T).GetMethods(kind | BindingFlags.Public)
            .FirstOrDefault(m => m.Name == name && m.ReturnType == typeof(T) && m.GetParameters() is [var one] && taken.Contains(one.ParameterType));
    }

    private static UnaryExpression Taken(MethodInfo method, Expression happened)
    {
        var type = method.GetParameters()[0].ParameterType;
        return Expression.Convert(typeof(IEvent).IsAssignableFrom(type) ? happened : Expression.Property(happened, nameof(IEvent.Data)), type);
    }

    private sealed class WritesNothing : IProjection
    {
        public Task ApplyAsync(IDocumentOperations operations, IReadOnlyList<IEvent> events, CancellationToken cancellation) => Task.CompletedTask;
    }
}
