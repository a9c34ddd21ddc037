namespace Scalelite.Domain.Tenants;

/// <summary>A tenant came. Its secrets are sealed in table <c>secret</c> (owner: its id, kind <c>tenant</c>).</summary>
/// <param name="TenantId">A UUID.</param>
/// <param name="Name">The first label of the host that its clients call; null where it was forgotten (<see cref="Keeping.DataForgotten"/>).</param>
/// <param name="SecretFingerprints">Of all the secrets that its clients may sign with, in the operator's order.</param>
public sealed record TenantAdded(string TenantId, string? Name, IReadOnlyList<string> SecretFingerprints, DateTimeOffset At);

/// <summary>The tenant is found under another name.</summary>
/// <param name="Name">Null where it was forgotten (<see cref="Keeping.DataForgotten"/>).</param>
public sealed record TenantRenamed(string TenantId, string? Name, DateTimeOffset At);

/// <summary>The tenant's clients may sign with these secrets and no others. A rotation without a gap names the new one beside the old one first.</summary>
public sealed record TenantSecretRotated(string TenantId, IReadOnlyList<string> SecretFingerprints, DateTimeOffset At);

/// <summary>A parameter of the tenant's creates and joins is set.</summary>
/// <param name="SettingId">A UUID; the same while the setting lasts, whatever its value.</param>
/// <param name="Param">As it stands in a call: <c>welcome</c>, <c>meta_server-tag</c>.</param>
/// <param name="Value">Null where it was forgotten (<see cref="Keeping.DataForgotten"/>).</param>
/// <param name="Override">It replaces what the client sends; else it is a default.</param>
public sealed record TenantSettingSet(string TenantId, string SettingId, string Param, string? Value, bool Override, DateTimeOffset At);

/// <summary>The setting is gone.</summary>
public sealed record TenantSettingCleared(string TenantId, string SettingId, DateTimeOffset At);

/// <summary>How many meetings and users the tenant may have at once; null does not limit them.</summary>
public sealed record TenantQuotaSet(string TenantId, int? Meetings, int? Users, DateTimeOffset At);

/// <summary>How long the tenant's recordings are kept; null leaves it to RECORDING_RETENTION_DAYS.</summary>
public sealed record TenantRetentionSet(string TenantId, int? Days, DateTimeOffset At);

/// <summary>
/// The tenant's nodes report to a learning record store. The credentials are sealed in table <c>secret</c> (owner: the tenant's id,
/// kind <c>lrs</c>), as JSON.
/// </summary>
/// <param name="Endpoint">The store's URL.</param>
/// <param name="TokenUrl">Of the OIDC server that gives a token by password grant; null where the store takes name and password.</param>
public sealed record TenantLrsSet(string TenantId, string Endpoint, string? TokenUrl, string CredentialsFingerprint, DateTimeOffset At);

/// <summary>The tenant has no learning record store any more.</summary>
public sealed record TenantLrsCleared(string TenantId, DateTimeOffset At);

/// <summary>The tenant's creates and joins are refused; its meetings go on.</summary>
public sealed record TenantDisabled(string TenantId, DateTimeOffset At);

/// <summary>The tenant may create and join again.</summary>
public sealed record TenantEnabled(string TenantId, DateTimeOffset At);

/// <summary>The tenant is gone: no client is let in under its name. Its meetings run on until they end; its recordings stay as they are.</summary>
public sealed record TenantRemoved(string TenantId, DateTimeOffset At);
