namespace Scalelite.Domain.Hooks;

/// <summary>A client wants to hear of what happens in meetings (bbb-webhooks). Its URL is sealed in table <c>secret</c>, owner <c>hook-{id}</c>.</summary>
/// <param name="HookId">Made from the tenant and the URL: a URL has one hook.</param>
/// <param name="Number">What clients know it by.</param>
/// <param name="TenantId">Empty without tenants.</param>
/// <param name="MeetingId">Only of this meeting; null for all.</param>
/// <param name="EventIds">Only these events, as the client listed them; null for all.</param>
/// <param name="GetRaw">Events as they are on the node, not translated.</param>
/// <param name="Host">The target's host, for people.</param>
/// <param name="SignerFingerprint">Of the secret that signed the create, with which its events are signed.</param>
/// <param name="Origin">Where the create came to: nodes are told to call there where neither PUBLIC_URL nor URL_HOST is set.</param>
public sealed record HookCreated(
    Guid HookId,
    long Number,
    string TenantId,
    string? MeetingId,
    string? EventIds,
    bool GetRaw,
    string UrlFingerprint,
    string Host,
    string SignerFingerprint,
    string Origin,
    DateTimeOffset At);

/// <summary>The client does not want to hear any more.</summary>
public sealed record HookDestroyed(Guid HookId, DateTimeOffset At);
