using Scalelite.Api.AdminV1.Commands;
using Scalelite.Workers.Configuration;

namespace Scalelite.Api.AdminV1;

/// <summary>Puts <c>/admin/api/v1</c> into a host.</summary>
internal static class AdminV1Setup
{
    private static readonly string[] Gets = [HttpMethods.Get, HttpMethods.Head];

    /// <summary>Every operation, in the order of the document.</summary>
    public static IReadOnlyList<ApiOperation> Operations { get; } =
    [
        .. ServerEndpoints.All, .. TenantEndpoints.All, .. MeetingEndpoints.All, .. RecordingEndpoints.All, .. ImportEndpoints.All,
        .. ImbalanceEndpoints.All, .. CallbackEndpoints.All, .. DeadLetterEndpoints.All, .. AuditEndpoints.All, .. SettingEndpoints.All, .. TokenEndpoints.All, .. CommandEndpoints.All,
        OpenApiDocument.Operation,
    ];

    /// <summary>Adds what the operations need.</summary>
    public static IServiceCollection AddAdminV1(this IServiceCollection services, Settings settings)
    {
        services.AddSingleton(new AdminV1Options(settings.Admin.Rate));
        services.AddSingleton<BearerTokens>();
        services.AddSingleton<AdminV1Api>();
        services.AddSingleton(new CommandLimits());
        services.AddSingleton<CommandRuns>();
        return services;
    }

    /// <summary>Answers below <c>/admin/api/v1</c>.</summary>
    public static void MapAdminV1(this WebApplication app)
    {
        var api = app.Services.GetRequiredService<AdminV1Api>();
        foreach (var path in Operations.GroupBy(operation => operation.Path))
        {
            foreach (var operation in path)
            {
                RequestDelegate answer = http => api.AnswerAsync(http, operation);
                app.MapMethods(AdminV1Api.Path + operation.Path, operation.Method == HttpMethods.Get ? Gets : [operation.Method], answer);
            }

            // What is known of the path decides between 404 and 405; an endpoint for any method comes after those of one.
            string[] allowed = [.. path.SelectMany(operation => operation.Method == HttpMethods.Get ? Gets : [operation.Method])];
            RequestDelegate wrongMethod = http => api.AnswerUnknownAsync(http, allowed);
            app.Map(AdminV1Api.Path + path.Key, wrongMethod);
        }

        RequestDelegate unknown = http => api.AnswerUnknownAsync(http, []);
        app.Map(AdminV1Api.Path, unknown);
        app.Map(AdminV1Api.Path + "/{**rest}", unknown);
    }
}
