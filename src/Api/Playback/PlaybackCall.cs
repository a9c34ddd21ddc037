namespace Scalelite.Api.Playback;

/// <summary>A request for something to play.</summary>
/// <param name="TenantId">Whose host it came to: empty without tenants, null where it is nobody's.</param>
/// <param name="IsCommonHost">It came to the host that all tenants share.</param>
/// <param name="CorrelationId">The request's id, as its log line bears it.</param>
internal sealed record PlaybackCall(HttpContext Http, string? TenantId, bool IsCommonHost, string CorrelationId)
{
    /// <summary>For the log: the recording that it is about.</summary>
    public string? RecordId { get; set; }

    /// <summary>The URL's path, decoded but for <c>%2f</c>.</summary>
    public string Path => Http.Request.Path.Value ?? "";

    /// <summary>The part of a path that the route calls so.</summary>
    public string this[string name] => Http.Request.RouteValues[name] as string ?? "";

    /// <summary>Whether a tenant's recordings are played on the host that was asked.</summary>
    public bool Serves(string tenantId) => IsCommonHost || TenantId == tenantId;
}
