using System.Collections.Concurrent;
using Scalelite.EventLog;
using Scalelite.Projections.Tenants;

namespace Scalelite.Workers.Tenants;

/// <summary>The tenants' secrets and LRS credentials, opened once and kept. A row's fingerprints say which are meant, so a rotation is seen with the row.</summary>
public sealed class TenantSecrets(SecretVault vault)
{
    /// <summary>The kind under which table <c>secret</c> holds what clients sign with; the owner is the tenant's id.</summary>
    public const string Kind = "tenant";

    /// <summary>The kind of the credentials for the tenant's learning record store; the owner is the tenant's id.</summary>
    public const string LrsKind = "lrs";

    private readonly ConcurrentDictionary<(string TenantId, string Kind, string Fingerprint), string> _opened = new();

    /// <summary>Opens all that these tenants have and that was not opened before, in two round trips at most and mostly in none.</summary>
    /// <exception cref="SecretUnopenableException">A secret was sealed under another SECRET_KEY_BASE.</exception>
    public async Task LoadAsync(IReadOnlyCollection<ListedTenant> tenants, CancellationToken cancellation)
    {
        await LoadAsync(Kind, tenants.SelectMany(t => t.SecretFingerprints.Select(f => (t.Id, f))), cancellation);
        await LoadAsync(LrsKind, tenants.Where(t => t.LrsFingerprint is not null).Select(t => (t.Id, t.LrsFingerprint!)), cancellation);
    }

    /// <summary>What the tenant's clients may sign with, in the operator's order; those that are lost are left out. <see cref="LoadAsync(IReadOnlyCollection{ListedTenant}, CancellationToken)"/> was called before.</summary>
    public IReadOnlyList<(string Secret, string Fingerprint)> Of(ListedTenant tenant) =>
        [.. tenant.SecretFingerprints.Where(f => _opened.ContainsKey((tenant.Id, Kind, f))).Select(f => (_opened[(tenant.Id, Kind, f)], f))];

    /// <summary>How the tenant's learning record store is reached; null where there is none, or its credentials are lost.</summary>
    public Lrs? LrsOf(ListedTenant tenant) =>
        tenant is { LrsEndpoint: { } endpoint, LrsFingerprint: { } fingerprint } && _opened.TryGetValue((tenant.Id, LrsKind, fingerprint), out var credentials)
            ? new Lrs(tenant.Id, endpoint, tenant.LrsTokenUrl, fingerprint, LrsCredentials.Read(credentials))
            : null;

    private async Task LoadAsync(string kind, IEnumerable<(string TenantId, string Fingerprint)> wanted, CancellationToken cancellation)
    {
        var absent = wanted.Where(w => !_opened.ContainsKey((w.TenantId, kind, w.Fingerprint))).Select(w => w.TenantId).ToHashSet(StringComparer.Ordinal);
        if (absent.Count == 0) return;
        foreach (var secret in await vault.OpenAsync(absent, kind, cancellation)) _opened[(secret.Owner, kind, secret.Fingerprint)] = secret.Value;
    }
}
