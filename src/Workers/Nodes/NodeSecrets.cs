using System.Collections.Concurrent;
using Scalelite.BigBlueButton.Nodes;
using Scalelite.EventLog;
using Scalelite.Projections.Servers;

namespace Scalelite.Workers.Nodes;

/// <summary>
/// The nodes' secrets, opened once and kept: calls need no database for them, and go on while PostgreSQL is away.
/// A server's fingerprint says which secret is meant, so a rotation is seen with the server's row.
/// </summary>
public sealed class NodeSecrets(SecretVault vault)
{
    /// <summary>The kind under which table <c>secret</c> holds them; the owner is the server's id.</summary>
    public const string Kind = "server";

    private readonly ConcurrentDictionary<string, Opened> _opened = new(StringComparer.Ordinal);

    /// <summary>Where the server is and how to sign for it; null if table <c>secret</c> holds no valid secret with its fingerprint.</summary>
    /// <exception cref="SecretUnopenableException">The secret was sealed under another SECRET_KEY_BASE.</exception>
    public ValueTask<NodeAddress?> FindAsync(PoolServer server, CancellationToken cancellation) =>
        _opened.TryGetValue(server.Id, out var opened) && opened.Fingerprint == server.SecretFingerprint
            ? new ValueTask<NodeAddress?>(new NodeAddress(server.Id, server.Url, opened.Secret))
            : OpenAsync(server, cancellation);

    /// <summary>Opens the secrets of all these servers in one round trip, so that the first calls find them.</summary>
    public async Task LoadAsync(IReadOnlyCollection<PoolServer> servers, CancellationToken cancellation)
    {
        var fingerprints = servers.ToDictionary(s => s.Id, s => s.SecretFingerprint, StringComparer.Ordinal);
        foreach (var secret in await vault.OpenAsync(fingerprints.Keys.ToArray(), Kind, cancellation))
        {
            if (fingerprints[secret.Owner] == secret.Fingerprint) _opened[secret.Owner] = new Opened(secret.Fingerprint, secret.Value);
        }
    }

    private async ValueTask<NodeAddress?> OpenAsync(PoolServer server, CancellationToken cancellation)
    {
        var secrets = await vault.OpenAsync(server.Id, Kind, cancellation);
        if (secrets.FirstOrDefault(s => s.Fingerprint == server.SecretFingerprint) is not { } secret) return null;
        _opened[server.Id] = new Opened(secret.Fingerprint, secret.Value);
        return new NodeAddress(server.Id, server.Url, secret.Value);
    }

    private readonly record struct Opened(string Fingerprint, string Secret);
}
