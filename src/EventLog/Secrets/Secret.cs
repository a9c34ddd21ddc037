namespace Scalelite.EventLog;

/// <summary>A secret as it is stored.</summary>
/// <param name="Owner">Whose it is: a server's or tenant's id, a meeting's instance.</param>
/// <param name="Kind">What it is for: <c>server</c>, <c>tenant</c>, <c>moderator-password</c>.</param>
/// <param name="N">Tells the secrets of one owner and kind apart: a rotation stores the next one.</param>
/// <param name="Fingerprint">Tells secrets apart without telling them; see <see cref="SecretVault.Fingerprint"/>.</param>
/// <param name="Sealed">Opens only under the same SECRET_KEY_BASE and for the same owner, kind and n.</param>
public sealed record SealedSecret(string Owner, string Kind, int N, string Fingerprint, byte[] Sealed);

/// <summary>A secret in the clear. It is not a record with a printed form: a secret must not slip into a log.</summary>
public sealed class Secret(string owner, string kind, int n, string fingerprint, string value, DateTimeOffset? validUntil)
{
    /// <summary>Whose it is.</summary>
    public string Owner { get; } = owner;

    /// <summary>What it is for.</summary>
    public string Kind { get; } = kind;

    /// <summary>Which of its owner's.</summary>
    public int N { get; } = n;

    /// <summary>What events and read models know it by.</summary>
    public string Fingerprint { get; } = fingerprint;

    /// <summary>The secret itself.</summary>
    public string Value { get; } = value;

    /// <summary>When it ends, if that is known.</summary>
    public DateTimeOffset? ValidUntil { get; } = validUntil;

    /// <summary>Which secret it is, never what it is.</summary>
    public override string ToString() => $"{Kind} {N} of {Owner} ({Fingerprint})";
}

/// <summary>A statement with <c>?</c> placeholders for <c>QueueSqlCommand</c>, so that it commits with a session's events.</summary>
public sealed record QueuedSql(string Sql, object[] Values);

/// <summary>SECRET_KEY_BASE is not the one that this database's secrets were sealed under, or a row was tampered with.</summary>
public sealed class SecretUnopenableException(string message, Exception? inner = null) : Exception(message, inner);
