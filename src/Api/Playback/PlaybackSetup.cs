using Scalelite.Workers.Configuration;

namespace Scalelite.Api.Playback;

/// <summary>Puts playback into a host.</summary>
internal static class PlaybackSetup
{
    /// <summary>Adds the links to recordings and what plays them.</summary>
    public static IServiceCollection AddPlayback(this IServiceCollection services, Settings settings)
    {
        services.AddSingleton(settings.Playback);
        services.AddSingleton(provider => new LinkTokens(settings.Security.SecretKeyBase, provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<ProtectedLinks>();
        return services;
    }
}
