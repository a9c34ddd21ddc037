namespace Scalelite.Workers.Configuration;

/// <summary>The sealing of the log.</summary>
public sealed record AuditSettings
{
    /// <summary>AUDIT_SEAL_INTERVAL: how often what is new in the log is sealed.</summary>
    public TimeSpan SealInterval { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>AUDIT_SEAL_FILE: where each seal is appended as a line; null: nowhere.</summary>
    public string? SealFile { get; init; }

    /// <summary>AUDIT_SEAL_URL: where each seal is posted to; null: nowhere.</summary>
    public Uri? SealUrl { get; init; }

    /// <summary>AUDIT_KEYS: former values of SECRET_KEY_BASE, under which seals were signed.</summary>
    public IReadOnlyList<string> FormerKeyBases { get; init; } = [];
}
