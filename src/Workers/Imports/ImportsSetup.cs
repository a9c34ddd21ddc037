using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Scalelite.Projections.Meetings;
using Scalelite.Workers.Configuration;

namespace Scalelite.Workers.Imports;

/// <summary>Puts what imports archives into a container.</summary>
internal static class ImportsSetup
{
    /// <summary>Adds the spool and the imports' streams; with <paramref name="handlesMessages"/> also what takes archives and works on them.</summary>
    public static IServiceCollection AddImports(this IServiceCollection services, bool handlesMessages)
    {
        services.TryAddSingleton<InternalMeetings>();
        services.AddSingleton(provider => new Spool(Path.GetFullPath(provider.GetRequiredService<Settings>().Imports.SpoolFolder)));
        services.AddSingleton<ImportLedger>();
        services.AddSingleton<ImportSignal>();
        services.AddSingleton<ImportRetry>();
        if (!handlesMessages) return services;
        services.AddSingleton<ImportClaims>();
        services.AddSingleton<ImportCleanUp>();
        services.AddSingleton<FormatImport>();
        services.AddSingleton<ImportRun>();
        services.AddHostedService<SpoolWatch>();
        services.AddHostedService<Importers>();
        return services;
    }
}
