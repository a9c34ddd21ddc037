using Scalelite.Api.Calls;

namespace Scalelite.Api.Tenants;

/// <summary>
/// <c>/t/{tenant}/bigbluebutton/api/…</c>, for tenants that have no host name of their own: the part before the API becomes the path's base,
/// so that every call below it is answered as on the tenant's own host.
/// </summary>
internal static class TenantPaths
{
    private const string Prefix = "/t/";

    /// <summary>The tenant that the path names; null where it names none.</summary>
    public static string? NameOf(HttpContext http) => http.Features.Get<PathTenant>()?.Name;

    /// <summary>Takes the tenant off the path before an endpoint is chosen.</summary>
    public static void UseTenantPaths(this WebApplication app) => app.Use((http, next) =>
    {
        var path = http.Request.Path.Value ?? "";
        if (path.StartsWith(Prefix, StringComparison.Ordinal))
        {
            var end = path.IndexOf('/', Prefix.Length);
            // Nothing else is reached by this way: a proxy in front may guard other paths by what they begin with.
            if (end > Prefix.Length && new PathString(path[end..]).StartsWithSegments(BbbApi.Path))
            {
                http.Features.Set(new PathTenant(path[Prefix.Length..end]));
                http.Request.PathBase = http.Request.PathBase.Add(path[..end]);
                http.Request.Path = path[end..];
            }
        }

        return next(http);
    });

    private sealed record PathTenant(string Name);
}
