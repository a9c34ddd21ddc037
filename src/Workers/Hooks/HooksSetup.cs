using Microsoft.Extensions.DependencyInjection;
using Scalelite.Projections.Hooks;

namespace Scalelite.Workers.Hooks;

/// <summary>Puts hooks into a container.</summary>
internal static class HooksSetup
{
    /// <param name="services">The container.</param>
    /// <param name="handlesMessages">Whether this process keeps the nodes' hooks as the pool's are.</param>
    public static IServiceCollection AddHooks(this IServiceCollection services, bool handlesMessages)
    {
        services.AddSingleton<KnownHooks>();
        services.AddSingleton<NodeHooks>();
        services.AddSingleton<HookOperations>();
        services.AddSingleton<HookRelay>();
        if (handlesMessages) services.AddHostedService<HookSync>();
        return services;
    }
}
