using Microsoft.Extensions.DependencyInjection;

namespace Scalelite.Workers.Keeping;

/// <summary>Puts what keeps the history, and what forgets, into a container.</summary>
internal static class KeepingSetup
{
    /// <summary>Adds the services.</summary>
    /// <param name="handlesMessages">Whether this process prunes by itself.</param>
    public static IServiceCollection AddKeeping(this IServiceCollection services, bool handlesMessages)
    {
        services.AddSingleton<StreamPruner>();
        services.AddSingleton<CallbackPruner>();
        services.AddSingleton<SecretCleanup>();
        services.AddSingleton<Forgetting>();
        services.AddSingleton<DeletedRecordings>();
        services.AddSingleton<HistoryKeeping>();
        if (handlesMessages) services.AddHostedService<HistoryKeeper>();
        return services;
    }
}
