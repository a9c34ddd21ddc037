using Microsoft.Extensions.DependencyInjection;
using Scalelite.EventLog.Sealing;

namespace Scalelite.Workers.Sealing;

/// <summary>Puts the sealing of the log into a container.</summary>
internal static class SealingSetup
{
    /// <param name="services">The container.</param>
    /// <param name="handlesMessages">Whether this process seals.</param>
    public static IServiceCollection AddSealing(this IServiceCollection services, bool handlesMessages)
    {
        services.AddSingleton<LogSeals>();
        services.AddSingleton<LogAudit>();
        if (handlesMessages) services.AddSingleton<SealPost>().AddSingleton<SealDelivery>().AddHostedService<LogSealing>();
        return services;
    }
}
