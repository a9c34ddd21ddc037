using Scalelite.Api.Tenants;
using Scalelite.BigBlueButton.Checksums;

namespace Scalelite.Api.Calls;

/// <summary>A request whose checksum was right. Parameters are those of the query: nothing else is covered by the checksum.</summary>
/// <param name="Tenant">Whose it is; never null: without multitenancy it is everybody's.</param>
/// <param name="CorrelationId">The request's id, as its events and its log line bear it.</param>
/// <param name="ReceivedAt">When it arrived.</param>
internal sealed record CallRequest(HttpContext Http, RawQuery Query, RequestTenant Tenant, string CorrelationId, DateTimeOffset ReceivedAt)
{
    /// <summary>Empty without tenants.</summary>
    public string TenantId => Tenant.Id;

    /// <summary>The meeting that the request is about, empty where it names none.</summary>
    public string MeetingId => Query["meetingID"] ?? "";

    /// <summary>The secret that gave its checksum.</summary>
    public SigningSecret? SignedWith { get; init; }

    /// <summary>A body of XML follows.</summary>
    public bool HasXmlBody { get; init; }

    /// <summary>For the log: the server that answered or should have.</summary>
    public string? ServerId { get; set; }

    /// <summary>For the log: the node's id of the run.</summary>
    public string? InternalMeetingId { get; set; }
}
