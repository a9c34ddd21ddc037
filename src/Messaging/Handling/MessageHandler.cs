using System.Linq.Expressions;
using System.Reflection;
using Microsoft.Extensions.DependencyInjection;
using Scalelite.EventStore;

namespace Scalelite.Messaging.Handling;

/// <summary>One handler method, compiled once to a delegate.</summary>
internal sealed class MessageHandler
{
    private static readonly MethodInfo Service = typeof(MessageHandler).GetMethod(nameof(Resolve), BindingFlags.NonPublic | BindingFlags.Static)!;
    private static readonly ConstructorInfo NewValueTask = typeof(ValueTask<OutgoingMessages?>).GetConstructor([typeof(Task<OutgoingMessages?>)])!;

    private readonly Func<object, HandlerScope, ValueTask<OutgoingMessages?>> _run;

    private MessageHandler(Type message, string name, Func<object, HandlerScope, ValueTask<OutgoingMessages?>> run)
    {
        MessageType = message;
        Name = name;
        _run = run;
    }

    public Type MessageType { get; }

    /// <summary>Class and method, for people.</summary>
    public string Name { get; }

    /// <summary>Runs the method with services of the scope; what it returned is not yet sent.</summary>
    public ValueTask<OutgoingMessages?> RunAsync(object message, HandlerScope scope) => _run(message, scope);

    /// <summary>The handler that a method is.</summary>
    /// <exception cref="InvalidOperationException">The method has no message or returns what a handler may not.</exception>
    public static MessageHandler Compile(MethodInfo method)
    {
        var name = $"{method.DeclaringType!.FullName}.{method.Name}";
        var parameters = method.GetParameters();
        if (parameters.Length == 0 || parameters[0].ParameterType is not { IsClass: true } type || type == typeof(string) || type == typeof(object))
            throw new InvalidOperationException($"The first parameter of {name} must be a message: a class or record");

        var message = Expression.Parameter(typeof(object));
        var scope = Expression.Parameter(typeof(HandlerScope));
        var arguments = parameters.Select((parameter, i) => i == 0 ? Expression.Convert(message, type) : Argument(parameter.ParameterType, scope));
        var instance = method.IsStatic ? null : Expression.Convert(NewInstance(method.DeclaringType, scope), method.DeclaringType);
        var call = Expression.Call(instance, method, arguments);
        return new(type, name, Expression.Lambda<Func<object, HandlerScope, ValueTask<OutgoingMessages?>>>(Returned(call, name), message, scope).Compile());
    }

    private static Expression Argument(Type type, ParameterExpression scope) =>
        type == typeof(CancellationToken) ? Expression.Property(scope, nameof(HandlerScope.Cancellation))
        : type == typeof(IDocumentSession) ? Expression.Property(scope, nameof(HandlerScope.Session))
        : Expression.Call(Service.MakeGenericMethod(type), scope);

    private static InvocationExpression NewInstance(Type type, ParameterExpression scope) =>
        Expression.Invoke(
            Expression.Constant(ActivatorUtilities.CreateFactory(type, [])),
            Expression.Property(scope, nameof(HandlerScope.Services)),
            Expression.Constant(Array.Empty<object?>()));

    private static Expression Returned(MethodCallExpression call, string name)
    {
        var type = call.Type;
        if (type == typeof(void)) return Expression.Block(call, Expression.Default(typeof(ValueTask<OutgoingMessages?>)));
        if (type == typeof(OutgoingMessages)) return Expression.New(typeof(ValueTask<OutgoingMessages?>).GetConstructor([typeof(OutgoingMessages)])!, call);
        if (type == typeof(Task<OutgoingMessages>)) return Expression.New(NewValueTask, Expression.Convert(call, typeof(Task<OutgoingMessages?>)));
        if (type == typeof(Task)) return Expression.Call(typeof(MessageHandler), nameof(Nothing), null, call);
        throw new InvalidOperationException($"{name} must return void, Task, OutgoingMessages or Task<OutgoingMessages>, not {type}");
    }

    private static T Resolve<T>(HandlerScope scope)
        where T : notnull => scope.Services.GetRequiredService<T>();

    private static async ValueTask<OutgoingMessages?> Nothing(Task task)
    {
        await task.ConfigureAwait(false);
        return null;
    }
}
