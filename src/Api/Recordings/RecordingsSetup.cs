using Scalelite.Api.Calls;
using Scalelite.Workers.Configuration;

namespace Scalelite.Api.Recordings;

/// <summary>Puts the recording calls into a host.</summary>
internal static class RecordingsSetup
{
    /// <summary>Adds the calls; with RECORDING_DISABLED those that answer that there is no recording.</summary>
    public static IServiceCollection AddRecordingCalls(this IServiceCollection services, Settings settings)
    {
        if (settings.Recordings.Disabled)
        {
            foreach (var call in RecordingCall.All)
            {
                services.AddSingleton(call);
            }

            return services;
        }

        services.AddSingleton(settings.Recordings);
        services.AddSingleton<RecordingXml>();
        services.AddSingleton<ClientRecordings>();
        services.AddSingleton<IBbbCall, GetRecordingsCall>();
        services.AddSingleton<IBbbCall, PublishRecordingsCall>();
        services.AddSingleton<IBbbCall, UpdateRecordingsCall>();
        services.AddSingleton<IBbbCall, DeleteRecordingsCall>();
        services.AddSingleton<IBbbCall, GetRecordingTextTracksCall>();
        services.AddSingleton<IBbbCall, PutRecordingTextTrackCall>();
        return services;
    }
}
