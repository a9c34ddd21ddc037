using Microsoft.Extensions.DependencyInjection.Extensions;
using Scalelite.Projections.Recordings;
using Scalelite.Workers.Configuration;

namespace Scalelite.Api.Playback;

/// <summary>Puts playback into a host.</summary>
internal static class PlaybackSetup
{
    /// <summary>Adds the links to recordings and what plays them.</summary>
    public static IServiceCollection AddPlayback(this IServiceCollection services, Settings settings)
    {
        services.AddSingleton(settings.Playback);
        services.TryAddSingleton(settings.Recordings);
        services.AddSingleton(provider => new LinkTokens(settings.Security.SecretKeyBase, Clock(provider)));
        services.AddSingleton(provider => new PlaybackCookie(settings.Security.SecretKeyBase, settings.Playback, Clock(provider)));
        services.AddSingleton<ProtectedLinks>();
        services.TryAddSingleton<RecordingCatalog>();
        services.AddSingleton<PlayableFormats>();
        services.AddSingleton<CloudFront>();
        services.AddSingleton<FormatFiles>();
        services.AddSingleton<RecordingDoor>();
        services.AddSingleton<CaptionFiles>();
        services.AddSingleton<PresentationPlayer>();
        services.AddSingleton<PlaybackEndpoints>();
        return services;
    }

    /// <summary>Answers at the paths of recordings, unless RECORDING_DISABLED is set.</summary>
    public static void MapPlayback(this WebApplication app, Settings settings)
    {
        if (!settings.Recordings.Disabled) app.Services.GetRequiredService<PlaybackEndpoints>().Map(app);
    }

    private static TimeProvider Clock(IServiceProvider services) => services.GetRequiredService<TimeProvider>();
}
