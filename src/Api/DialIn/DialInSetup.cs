using Scalelite.Api.Tenants;
using Scalelite.Projections.Meetings;
using Scalelite.Workers.Configuration;

namespace Scalelite.Api.DialIn;

/// <summary>Puts dial-in into a host.</summary>
internal static class DialInSetup
{
    /// <summary>Adds what it needs.</summary>
    public static IServiceCollection AddDialIn(this IServiceCollection services, Settings settings)
    {
        services.AddSingleton(settings.DialIn);
        services.AddSingleton<DialledMeetings>();
        services.AddSingleton<DialInEndpoint>();
        return services;
    }

    /// <summary>Answers at <c>/fsapi</c>, once FSAPI_PASSWORD is set.</summary>
    public static void MapDialIn(this WebApplication app)
    {
        if (app.Services.GetRequiredService<DialInSettings>().Password is null) return;
        var endpoint = app.Services.GetRequiredService<DialInEndpoint>();
        var tenants = app.Services.GetRequiredService<TenantDirectory>();

        // A gateway that calls a tenant's host finds that tenant's meetings; one that calls another host is everybody's.
        app.MapPost(DialInEndpoint.Path, (RequestDelegate)(async http =>
            await endpoint.AnswerAsync(http, tenants.Enabled ? (await tenants.OfAsync(http, http.RequestAborted))?.Id : null)));
    }
}
