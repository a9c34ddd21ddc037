using System.Reflection;
using JasperFx;
using JasperFx.CodeGeneration.Model;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Npgsql;
using Scalelite.EventLog;
using Weasel.Core;
using Wolverine.ErrorHandling;
using Wolverine.Marten;
using Wolverine.Postgresql;

namespace Scalelite.Flavour;

/// <summary>Puts the event store and the message bus of this flavour, Marten and Wolverine, into a host.</summary>
internal static class HostSetup
{
    // Where a process that handles nothing puts its messages for those that do.
    private const string Queue = "scalelite";

    // As the built-in bus does by default; see MessagingOptions.
    private static readonly TimeSpan[] RetryDelays = [TimeSpan.FromSeconds(0.2), TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(5)];
    private const int ConflictRetries = 5;
    private const int MaxInFlight = 128;

    private static readonly MethodInfo AddAggregateMethod = typeof(HostSetup).GetMethod(nameof(AddAggregate), BindingFlags.NonPublic | BindingFlags.Static)!;

    /// <summary>
    /// Adds <see cref="IDocumentStore"/> and <see cref="IMessageBus"/>; with <paramref name="handlesMessages"/> the host also
    /// claims and handles messages. Public classes named <c>*Handler</c> in <paramref name="handlers"/> are the handlers.
    /// How many run at once is in section <c>Messaging</c> of the configuration. A <c>Func&lt;EventRow, IEvent&gt;</c> makes
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
        builder.Services.AddMarten(options => ConfigureStore(options, database, eventTypes, projections)).IntegrateWithWolverine();
        builder.Services.ConfigureMarten((services, options) => options.Events.TimeProvider = services.GetRequiredService<TimeProvider>());
        builder.Services.AddSingleton<Func<EventRow, IEvent>>(services =>
            new ReplayedEvents(eventTypes, services.GetRequiredService<IDocumentStore>().Options.Serializer()).Read);
        builder.Services.AddSingleton<IDeadLetters, DeadLetters>();

        var inFlight = builder.Configuration.GetSection("Messaging").GetValue("MaxInFlight", MaxInFlight);
        builder.UseWolverine(options => ConfigureBus(options, handlers, handlesMessages, inFlight));
        return builder;
    }

    /// <summary>Creates what is missing of the tables that events lie in; Wolverine creates its own when the host starts.</summary>
    public static Task CreateEventTablesAsync(NpgsqlDataSource database, IServiceProvider services, CancellationToken cancellation = default)
    {
        cancellation.ThrowIfCancellationRequested();
        return services.GetRequiredService<IDocumentStore>().Storage.ApplyAllConfiguredChangesToDatabaseAsync();
    }

    private static void ConfigureStore(
        StoreOptions options, NpgsqlDataSource database, IReadOnlyCollection<Type> eventTypes, IReadOnlyCollection<IProjection> projections)
    {
        options.Connection(database);
        options.AutoCreateSchemaObjects = AutoCreate.CreateOrUpdate;
        options.UseSystemTextJsonForSerialization(EnumStorage.AsString);
        options.Events.StreamIdentity = StreamIdentity.AsString;

        // Rich knows an event's version before its projections run; correlation, causation and headers are columns.
        options.Events.AppendMode = EventAppendMode.Rich;
        options.Events.MetadataConfig.EnableAll();
        options.Events.AddEventTypes(eventTypes);
        foreach (var projection in projections) options.Projections.Add(projection, ProjectionLifecycle.Inline);
        foreach (var aggregate in AggregatesOf(eventTypes)) AddAggregateMethod.MakeGenericMethod(aggregate).Invoke(null, [options]);
    }

    // The types beside the events that a static Create makes of one of them.
    private static IEnumerable<Type> AggregatesOf(IReadOnlyCollection<Type> eventTypes)
    {
        var begin = eventTypes.Concat(eventTypes.Select(type => typeof(IEvent<>).MakeGenericType(type))).ToHashSet();
        return eventTypes.Select(type => type.Assembly).Distinct().SelectMany(assembly => assembly.GetExportedTypes()).Where(type =>
            type is { IsClass: true, ContainsGenericParameters: false } && type.GetMethods(BindingFlags.Static | BindingFlags.Public).Any(method =>
                method.Name == "Create" && method.ReturnType == type && method.GetParameters() is [var one] && begin.Contains(one.ParameterType)));
    }

    private static void AddAggregate<T>(StoreOptions options)
        where T : class => options.Projections.Add(new FoldedAggregate<T>(), ProjectionLifecycle.Live);

    private static void ConfigureBus(WolverineOptions options, IReadOnlyCollection<Assembly> handlers, bool handlesMessages, int inFlight)
    {
        // A container registration by a factory is no mistake here, though Wolverine cannot look into it.
        options.ServiceLocationPolicy = ServiceLocationPolicy.AlwaysAllowed;
        options.DefaultExecutionTimeout = TimeSpan.FromMinutes(5);
        options.Policies.UseDurableLocalQueues();
        options.Policies.UseDurableInboxOnAllListeners();
        options.Policies.UseDurableOutboxOnAllSendingEndpoints();
        options.Policies.AllLocalQueues(queue => queue.MaximumParallelMessages(inFlight));

        // The session that a handler takes is saved with the outgoing messages, in one transaction.
        options.Policies.AutoApplyTransactions();

        // Polls are scheduled by the second: the five seconds of the default are too coarse.
        options.Durability.ScheduledJobFirstExecution = TimeSpan.FromMilliseconds(500);
        options.Durability.ScheduledJobPollingTime = TimeSpan.FromMilliseconds(500);

        options.OnException<EventStreamUnexpectedMaxEventIdException>().RetryTimes(ConflictRetries);
        options.OnAnyException().RetryWithCooldown(RetryDelays).Then.MoveToErrorQueue();

        if (handlesMessages)
        {
            foreach (var assembly in handlers) options.Discovery.IncludeAssembly(assembly);
            options.ListenToPostgresqlQueue(Queue).MaximumParallelMessages(inFlight);
        }
        else
        {
            options.Discovery.DisableConventionalDiscovery();
            options.PublishAllMessages().ToPostgresqlQueue(Queue);
        }
    }
}
