using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Scalelite.EventLog;
using Scalelite.Workers.Callbacks.Ends;
using Scalelite.Workers.Configuration;

namespace Scalelite.Workers.Callbacks;

/// <summary>Puts the outbox into a container.</summary>
internal static class CallbacksSetup
{
    /// <param name="services">The container.</param>
    /// <param name="handlesMessages">Whether this process wakes overdue callbacks up.</param>
    public static IServiceCollection AddCallbacks(this IServiceCollection services, bool handlesMessages)
    {
        services.TryAddSingleton<ResolveHost>(Dns.GetHostAddressesAsync);
        services.AddSingleton<ClientSecrets>();
        services.AddSingleton<CallbackMac>();
        services.AddSingleton<EndCalls>();
        services.AddSingleton<CallbackRegister>();
        services.AddSingleton<ArrivedRecordings>();
        services.AddSingleton<CallbackClaims>();
        services.AddSingleton<CallbackTurns>();
        services.AddSingleton<OwnAddresses>();
        services.AddSingleton<CallbackPolicy>();
        services.AddSingleton<CallbackClient>();
        services.AddSingleton(provider => new CallbackOutbox(
            provider.GetRequiredService<CallbackClaims>(),
            provider.GetRequiredService<CallbackTurns>(),
            provider.GetRequiredService<CallbackClient>(),
            provider.GetRequiredService<ClientSecrets>(),
            provider.GetRequiredService<SecretVault>(),
            provider.GetRequiredService<Settings>(),
            provider.GetRequiredService<TimeProvider>()));
        services.AddScoped<CallbackOperations>();
        if (handlesMessages) services.AddHostedService<OverdueCallbacks>().AddHostedService<UntoldEnds>();
        return services;
    }
}
