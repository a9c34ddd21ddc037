using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Scalelite.Projections.Recordings;
using Scalelite.Workers.Configuration;
using Scalelite.Workers.Recordings.Storage;
using Scalelite.Workers.Recordings.Verifying;

namespace Scalelite.Workers.Recordings;

/// <summary>Puts what keeps recordings' files into a container.</summary>
internal static class RecordingFilesSetup
{
    /// <summary>Adds the storage that the settings name, what people do with recordings, and what brings files where the catalog wants them.</summary>
    /// <param name="handlesMessages">Whether this process looks for files and recordings that are due.</param>
    public static IServiceCollection AddRecordingFiles(this IServiceCollection services, bool handlesMessages)
    {
        services.AddSingleton<IRecordingStorage>(provider =>
        {
            var settings = provider.GetRequiredService<Settings>();
            return settings.Bucket.Used
                ? new BucketStorage(settings.Bucket, settings.Imports.WorkFolder, provider.GetRequiredService<TimeProvider>())
                : new DiskStorage(settings.Recordings);
        });
        services.TryAddSingleton<RecordingCatalog>();
        services.AddSingleton<RecordingLock>();
        services.AddSingleton<RecordingStream>();
        services.AddSingleton<RecordingFiles>();
        services.AddSingleton<RecordingOperations>();
        services.AddSingleton<RecordingRetention>();
        services.AddSingleton<RecordingRepair>();
        services.AddSingleton<RecordingVerification>();
        if (!handlesMessages) return services;
        services.AddHostedService<OverdueFiles>();
        services.AddHostedService<RetentionWatch>();
        return services;
    }
}
