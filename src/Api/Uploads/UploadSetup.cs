using Scalelite.Workers.Imports;

namespace Scalelite.Api.Uploads;

/// <summary>Puts the upload of archives into a host.</summary>
internal static class UploadSetup
{
    private static readonly string[] Methods = [HttpMethods.Head, HttpMethods.Get, HttpMethods.Post];

    /// <summary>Adds what it needs beside the workers' services.</summary>
    public static IServiceCollection AddUploads(this IServiceCollection services)
    {
        services.AddSingleton<SpoolUploads>();
        services.AddSingleton<UploadCall>();
        return services;
    }

    /// <summary>Answers at <see cref="UploadCall.Path"/>.</summary>
    public static void MapUploads(this WebApplication app) =>
        app.MapMethods(UploadCall.Path, Methods, app.Services.GetRequiredService<UploadCall>().AnswerAsync);
}
