using Scalelite.Workers.Configuration;

namespace Scalelite.Api.Admin;

/// <summary>Puts the admin API into a host.</summary>
internal static class AdminApiSetup
{
    /// <summary>Adds the calls.</summary>
    public static IServiceCollection AddAdminApi(this IServiceCollection services, Settings settings)
    {
        services.AddSingleton(new AdminApiOptions(
            settings.Admin.Secret is { } secret ? [secret] : [],
            settings.Security.AllowedAlgorithms,
            settings.Admin.RequiresBodyHash,
            settings.Admin.ShowsSecrets,
            settings.Placement.MinimumUsers,
            settings.Placement.JoinBuffer));
        services.AddSingleton<ServerCalls>();
        services.AddSingleton<TenantCalls>();
        services.AddSingleton<AdminApi>();
        return services;
    }

    /// <summary>Answers below <c>/scalelite/api</c>.</summary>
    public static void MapAdminApi(this WebApplication app)
    {
        RequestDelegate answer = app.Services.GetRequiredService<AdminApi>().AnswerAsync;
        app.Map(AdminApi.Path, answer);
        app.Map(AdminApi.Path + "/{**call}", answer);
    }
}
