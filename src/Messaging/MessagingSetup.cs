using System.Reflection;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;
using Scalelite.EventStore;
using Scalelite.Messaging.Delivering;
using Scalelite.Messaging.Handling;
using Scalelite.Messaging.Sending;

namespace Scalelite.Messaging;

/// <summary>Puts the message bus into a container.</summary>
public static class MessagingSetup
{
    /// <summary>
    /// Adds <see cref="IMessageBus"/> and, for handlers and what they use, <see cref="IDocumentSession"/>; both belong to a scope.
    /// An <see cref="IDocumentStore"/> must be there.
    /// </summary>
    /// <param name="services">The container.</param>
    /// <param name="database">Where the messages lie (<see cref="MessageTables"/>).</param>
    /// <param name="handlers">The assemblies whose public classes named <c>*Handler</c> are the handlers.</param>
    /// <param name="handlesMessages">Whether this process claims and handles stored messages; it can send and invoke in any case.</param>
    /// <exception cref="InvalidOperationException">A handler's signature cannot be right, or a message has two handlers.</exception>
    public static IServiceCollection AddMessaging(
        this IServiceCollection services, NpgsqlDataSource database, IReadOnlyCollection<Assembly> handlers, bool handlesMessages)
    {
        services.AddOptions<MessagingOptions>().PostConfigure(options => options.Validate());
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(new HandlerTable(handlers));
        services.AddSingleton<WakeUp>();
        services.AddSingleton(provider => new GroupCommit(database, provider.GetRequiredService<WakeUp>()));
        services.AddSingleton<HandlerRunner>();
        services.AddScoped<HandlerScope>();
        services.AddScoped<IMessageBus, MessageBus>();
        services.AddScoped(provider => provider.GetRequiredService<HandlerScope>().Session);
        if (!handlesMessages) return services;

        services.AddSingleton(new MessageQueue(database));
        services.AddSingleton<Delivery>();
        services.AddHostedService<DeliveryWorker>();
        return services;
    }
}
