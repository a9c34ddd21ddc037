using Scalelite.EventLog;
using Scalelite.Workers.Configuration;
using Scalelite.Workers.Tenants;

namespace Scalelite.Workers.Callbacks;

/// <summary>What a tenant's clients sign with and verify callbacks with; without tenants LOADBALANCER_SECRET and LOADBALANCER_SECRETS.</summary>
public sealed class ClientSecrets(SecretVault vault, Settings settings)
{
    /// <summary>The kind of their fingerprints, the balancer's own among them.</summary>
    public const string Kind = TenantSecrets.Kind;

    /// <summary>The valid ones, in the order in which they are tried: the one that signed the create, where it is still valid, then the newest first.</summary>
    /// <param name="tenantId">Empty without tenants.</param>
    public async Task<IReadOnlyList<string>> InOrderAsync(string tenantId, string? signerFingerprint, CancellationToken cancellation)
    {
        var secrets = tenantId.Length == 0
            ? settings.Security.LoadBalancerSecrets
            : [.. (await vault.OpenAsync(tenantId, Kind, cancellation)).Select(secret => secret.Value)];
        return [.. secrets.Where(s => s.Length > 0).OrderByDescending(s => vault.Fingerprint(Kind, s) == signerFingerprint)];
    }
}
