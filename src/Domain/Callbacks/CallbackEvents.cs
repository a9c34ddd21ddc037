namespace Scalelite.Domain.Callbacks;

/// <summary>What a callback tells.</summary>
public enum CallbackKind
{
    /// <summary>A recording can be played (<c>meta_bn-recording-ready-url</c> and its like).</summary>
    RecordingReady,

    /// <summary>What a node counted in a meeting (<c>meta_analytics-callback-url</c>).</summary>
    Analytics,

    /// <summary>A meeting has ended (<c>meta_endCallbackUrl</c>).</summary>
    MeetingEnded,

    /// <summary>An event of a hook.</summary>
    Hook,
}

/// <summary>A call that a client is owed. Its URL and body are sealed in table <c>secret</c>, owner <c>callback-{id}</c>.</summary>
/// <param name="Instance">The meeting's run, where we know it.</param>
/// <param name="UrlFingerprint">Of the sealed URL; its host is <paramref name="Host"/>.</param>
/// <param name="SignerFingerprint">Of the secret that signed the create; null where it is not known or not needed.</param>
/// <param name="Host">The target's host, for people.</param>
public sealed record CallbackRegistered(
    Guid CallbackId,
    CallbackKind Kind,
    string TenantId,
    Guid? Instance,
    string MeetingId,
    string? RecordId,
    string UrlFingerprint,
    string Host,
    string? SignerFingerprint,
    DateTimeOffset At);

/// <summary>It was tried, and will be again.</summary>
/// <param name="Status">The HTTP status; null where there was no answer.</param>
/// <param name="Outcome">What happened, for people; no URL and no secret.</param>
public sealed record CallbackAttempted(Guid CallbackId, int Attempt, int? Status, string Outcome, int ElapsedMs, DateTimeOffset NextAttemptAt, DateTimeOffset At);

/// <summary>The target took it (2xx), or said that it is gone (404, 410): never sent again.</summary>
public sealed record CallbackDelivered(Guid CallbackId, int Attempt, int Status, int ElapsedMs, DateTimeOffset At);

/// <summary>A day of tries is over, or it may not be sent at all; it stays to be seen and retried by a person.</summary>
public sealed record CallbackAbandoned(Guid CallbackId, int Attempt, int? Status, string Reason, DateTimeOffset At);

/// <summary>Somebody wants it tried again.</summary>
public sealed record CallbackRetried(Guid CallbackId, DateTimeOffset At);
