using Scalelite.Domain.Callbacks;

namespace Scalelite.Domain.Parameters;

/// <summary>Metadata that the balancer alone sets, and metadata that it keeps for itself. Names without <c>meta_</c>, in lower case.</summary>
public static class ReservedMetadata
{
    /// <summary>The tenant's id.</summary>
    public const string TenantId = "tenant-id";

    /// <summary>The tenant's name.</summary>
    public const string TenantName = "tenant-name";

    /// <summary>The tag of the chosen server.</summary>
    public const string ServerTag = "server-tag";

    /// <summary>The tenant's LRS credentials, encrypted for the node.</summary>
    public const string LrsPayload = "secret-lrs-payload";

    private static readonly HashSet<string> Names = new(StringComparer.OrdinalIgnoreCase) { TenantId, TenantName, ServerTag, LrsPayload };

    private static readonly HashSet<string> Callbacks = new(CallbackMetadata.All, StringComparer.OrdinalIgnoreCase);

    /// <summary>No client, default or override sets it.</summary>
    public static bool IsReserved(string name) => Names.Contains(name);

    /// <summary>A callback's URL: a secret, which no event holds.</summary>
    public static bool IsCallback(string name) => Callbacks.Contains(name);

    /// <summary>What an event may hold of a meeting's metadata: no callback URL and no LRS credentials.</summary>
    public static IReadOnlyDictionary<string, string> ForEvent(IReadOnlyDictionary<string, string> metadata) => metadata
        .Where(meta => !IsCallback(meta.Key) && !meta.Key.Equals(LrsPayload, StringComparison.OrdinalIgnoreCase))
        .ToDictionary(meta => meta.Key, meta => meta.Value, StringComparer.Ordinal);
}
