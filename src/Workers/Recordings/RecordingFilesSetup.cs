using Microsoft.Extensions.DependencyInjection;
using Scalelite.Workers.Configuration;
using Scalelite.Workers.Recordings.Storage;

namespace Scalelite.Workers.Recordings;

/// <summary>Puts what keeps recordings' files into a container.</summary>
internal static class RecordingFilesSetup
{
    /// <summary>Adds the storage that the settings name, and what brings files where the catalog wants them.</summary>
    public static IServiceCollection AddRecordingFiles(this IServiceCollection services, bool handlesMessages)
    {
        services.AddSingleton<IRecordingStorage>(provider => new DiskStorage(provider.GetRequiredService<Settings>().Recordings));
        services.AddSingleton<RecordingLock>();
        _ = handlesMessages;
        return services;
    }
}
