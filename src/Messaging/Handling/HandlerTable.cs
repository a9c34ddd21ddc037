using System.Collections.Frozen;
using System.Reflection;
using Scalelite.Messaging.Sending;

namespace Scalelite.Messaging.Handling;

/// <summary>The handlers of a process by message: methods Handle and HandleAsync of public classes named <c>*Handler</c>.</summary>
internal sealed class HandlerTable
{
    private readonly FrozenDictionary<Type, MessageHandler> _byType;
    private readonly FrozenDictionary<string, MessageHandler> _byName;

    /// <exception cref="InvalidOperationException">A method cannot be a handler, or a message has two.</exception>
    public HandlerTable(IEnumerable<Assembly> assemblies)
        : this(assemblies.Distinct().SelectMany(assembly => assembly.GetExportedTypes()))
    {
    }

    public HandlerTable(IEnumerable<Type> types)
    {
        var handlers = types.Where(IsHandler).SelectMany(Methods).Select(MessageHandler.Compile).ToList();
        foreach (var several in handlers.GroupBy(handler => handler.MessageType).Where(group => group.Count() > 1))
            throw new InvalidOperationException($"{several.Key} has several handlers: {string.Join(", ", several.Select(handler => handler.Name))}");
        _byType = handlers.ToFrozenDictionary(handler => handler.MessageType);
        _byName = handlers.ToFrozenDictionary(handler => Envelope.TypeName(handler.MessageType), StringComparer.Ordinal);
    }

    /// <summary>The handler of messages of this type, or null.</summary>
    public MessageHandler? Find(Type message) => _byType.GetValueOrDefault(message);

    /// <summary>The handler of messages that are stored under this name, or null.</summary>
    public MessageHandler? Find(string storedName) => _byName.GetValueOrDefault(storedName);

    private static bool IsHandler(Type type) =>
        type is { IsClass: true, IsGenericTypeDefinition: false } && (!type.IsAbstract || type.IsSealed) && type.Name.EndsWith("Handler", StringComparison.Ordinal);

    private static IEnumerable<MethodInfo> Methods(Type type) =>
        type.GetMethods(BindingFlags.Public | BindingFlags.Static | BindingFlags.Instance | BindingFlags.DeclaredOnly)
            .Where(method => method is { Name: "Handle" or "HandleAsync", IsGenericMethodDefinition: false });
}
