using Microsoft.AspNetCore.HttpOverrides;
using Npgsql;
using Scalelite.Api.Metrics;
using Scalelite.Workers.Configuration;

namespace Scalelite.Api.Hosting;

/// <summary>What every request passes before its endpoint.</summary>
internal static class HttpFront
{
    /// <summary>Where the health check is; exempt from the host guard, since probes use addresses.</summary>
    public const string HealthCheckPath = "/health_check";

    private static readonly string[] Methods = [HttpMethods.Get, HttpMethods.Head];
    private static readonly TimeSpan HealthCheckDeadline = TimeSpan.FromSeconds(2);

    /// <summary>Believes X-Forwarded-For, -Proto and -Host of TRUSTED_PROXIES, and of nobody else.</summary>
    public static void UseTrustedProxies(this WebApplication app, HttpSettings settings)
    {
        if (settings.TrustedProxies.Count == 0) return;
        var options = new ForwardedHeadersOptions
        {
            ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto | ForwardedHeaders.XForwardedHost,
            ForwardLimit = null,
        };
        options.KnownIPNetworks.Clear();
        options.KnownProxies.Clear();
        foreach (var network in settings.TrustedProxies) options.KnownIPNetworks.Add(network);
        app.UseForwardedHeaders(options);
    }

    /// <summary>Refuses calls to another host name than URL_HOST: a page in a browser cannot make a name of its own point here.</summary>
    /// <param name="settings">URL_HOST.</param>
    /// <param name="withTenants">The names below it are tenants'.</param>
    public static void UseHostGuard(this WebApplication app, HttpSettings settings, bool withTenants)
    {
        if (settings.Host is not { } host) return;
        var below = "." + host;
        app.Use(async (http, next) =>
        {
            var called = http.Request.Host.Host.TrimEnd('.');
            // Probes use addresses.
            if (http.Request.Path.Equals(HealthCheckPath, StringComparison.Ordinal)
                || http.Request.Path.Equals(MetricsEndpoint.Path, StringComparison.Ordinal)
                || called.Equals(host, StringComparison.OrdinalIgnoreCase)
                || (withTenants && called.EndsWith(below, StringComparison.OrdinalIgnoreCase)))
            {
                await next(http);
                return;
            }

            http.Response.StatusCode = StatusCodes.Status403Forbidden;
            await http.Response.WriteAsync("This host name is not served here", http.RequestAborted);
        });
    }

    /// <summary><c>success</c>; 503 with the reason when PostgreSQL is away. The site's root answers the same.</summary>
    public static void MapHealthCheck(this WebApplication app, NpgsqlDataSource database)
    {
        RequestDelegate answer = async http =>
        {
            using var deadline = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted);
            deadline.CancelAfter(HealthCheckDeadline);
            http.Response.ContentType = "text/plain; charset=utf-8";
            http.Response.Headers.CacheControl = "no-store";
            var text = "success";
            try
            {
                await using var command = database.CreateCommand("select 1");
                await command.ExecuteScalarAsync(deadline.Token);
            }
            catch (Exception e) when (e is NpgsqlException or OperationCanceledException or TimeoutException)
            {
                http.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
                text = e is PostgresException refused ? $"PostgreSQL refuses: {refused.MessageText}" : "PostgreSQL does not answer";
            }

            await http.Response.WriteAsync(text, http.RequestAborted);
        };
        app.MapMethods(HealthCheckPath, Methods, answer);
        app.MapMethods("/", Methods, answer);
    }
}
