using System.Reflection;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Npgsql;
using Scalelite.EventLog;

namespace Scalelite.Flavour;

/// <summary>Puts the event store and the message bus of this flavour into a host.</summary>
internal static class HostSetup
{
    /// <summary>
    /// Adds <see cref="IDocumentStore"/> and <see cref="IMessageBus"/>; with <paramref name="handlesMessages"/> the host also
    /// claims and handles messages. Public classes named <c>*Handler</c> in <paramref name="handlers"/> are the handlers.
    /// How many run at once and the like is in section <c>Messaging</c> of the configuration. A <c>Func&lt;EventRow, IEvent&gt;</c> makes
    /// events of rows of the log, for rebuilds.
    /// </summary>
    public static IHostApplicationBuilder AddEventSourcing(
        this IHostApplicationBuilder builder,
        NpgsqlDataSource database,
        IReadOnlyCollection<Type> eventTypes,
        IReadOnlyCollection<IProjection> projections,
        IReadOnlyCollection<Assembly> handlers,
        bool handlesMessages)
    {
        builder.Services.TryAddSingleton(TimeProvider.System);
        builder.Services.AddSingleton<IDocumentStore>(services =>
            new DocumentStore(database, eventTypes, projections, services.GetRequiredService<TimeProvider>()));
        var replayed = new ReplayedEvents(eventTypes);
        builder.Services.AddSingleton<Func<EventRow, IEvent>>(row => replayed.Read(
            row.Sequence, row.Id, row.Stream, row.Version, row.Type, row.Data, row.Timestamp, row.CorrelationId, row.CausationId, row.Headers));
        builder.Services.Configure<MessagingOptions>(builder.Configuration.GetSection("Messaging"));
        builder.Services.AddMessaging(database, handlers, handlesMessages);
        builder.Services.AddSingleton<IDeadLetters>(new DeadLetters(database));
        return builder;
    }

    /// <summary>Creates what is missing of the tables that events and messages lie in; any number of instances may do so at once.</summary>
    public static async Task CreateEventTablesAsync(NpgsqlDataSource database, IServiceProvider services, CancellationToken cancellation = default)
    {
        await EventTables.CreateAsync(database, cancellation);
        await MessageTables.CreateAsync(database, cancellation);
    }
}
