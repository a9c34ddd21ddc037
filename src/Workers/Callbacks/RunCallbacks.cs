using Scalelite.EventLog;

namespace Scalelite.Workers.Callbacks;

/// <summary>
/// The callbacks that a create named for a run, on their way into table <c>secret</c>. It is not a record with a printed form: the URLs
/// are secrets.
/// </summary>
public sealed class RunCallbacks
{
    private readonly SecretVault _vault;
    private readonly IReadOnlyDictionary<string, string> _urls;

    /// <summary>What a client named, and the secret that it signed the create with.</summary>
    /// <param name="urls">By the metadata's name, without <c>meta_</c> and in lower case.</param>
    public RunCallbacks(SecretVault vault, IReadOnlyDictionary<string, string> urls, string signedWith)
    {
        ArgumentNullException.ThrowIfNull(vault);
        (_vault, _urls) = (vault, urls);
        Fingerprints = urls.ToDictionary(url => url.Key, url => vault.Fingerprint(Kind(url.Key), url.Value), StringComparer.Ordinal);
        SignerFingerprint = vault.Fingerprint(ClientSecrets.Kind, signedWith);
    }

    /// <summary>For the run's event.</summary>
    public IReadOnlyDictionary<string, string> Fingerprints { get; }

    /// <summary>For the run's event.</summary>
    public string SignerFingerprint { get; }

    /// <summary>The kind under which table <c>secret</c> holds such a URL; the owner is the run.</summary>
    public static string Kind(string name) => $"callback:{name}";

    /// <summary>What stores the URLs, in the transaction of the run's event.</summary>
    public IEnumerable<QueuedSql> Store(Guid instance) =>
        _urls.Select(url => SecretVault.Store(_vault.Seal(instance.ToString(), Kind(url.Key), 1, url.Value)));
}
