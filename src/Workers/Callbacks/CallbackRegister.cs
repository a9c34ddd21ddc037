using Scalelite.Domain;
using Scalelite.Domain.Callbacks;
using Scalelite.EventLog;

namespace Scalelite.Workers.Callbacks;

/// <summary>A call that a client is owed from now on. Not a record with a printed form: its URL and body are secrets.</summary>
/// <param name="id">Made from what caused it, so that it is owed once however often that is heard of.</param>
/// <param name="url">As the client gave it, with what has to be added.</param>
public sealed class OwedCallback(Guid id, CallbackKind kind, string url)
{
    /// <summary>Its id.</summary>
    public Guid Id { get; } = id;

    /// <summary>What it tells.</summary>
    public CallbackKind Kind { get; } = kind;

    /// <summary>Where it goes.</summary>
    public string Url { get; } = url;

    /// <summary>Empty without tenants.</summary>
    public string TenantId { get; init; } = "";

    /// <summary>The run that it is about.</summary>
    public Guid? Instance { get; init; }

    /// <summary>The client's meetingID.</summary>
    public required string MeetingId { get; init; }

    /// <summary>The recording that it is about.</summary>
    public string? RecordId { get; init; }

    /// <summary>What is sent, where it is not made from the rest.</summary>
    public string? Body { get; init; }

    /// <summary>Of the secret that signed the create.</summary>
    public string? SignerFingerprint { get; init; }
}

/// <summary>Puts callbacks into the outbox, in the transaction of what caused them.</summary>
public sealed class CallbackRegister(SecretVault vault, TimeProvider time)
{
    /// <summary>Registers a callback with the session; nothing if it was registered before, or its URL is none.</summary>
    /// <returns>The message that wakes it up, to be sent with the session; null where there is nothing to send.</returns>
    public async Task<CallBack?> AddAsync(IDocumentSession session, OwedCallback owed, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(session);
        ArgumentNullException.ThrowIfNull(owed);
        if (CallbackUrl.Read(owed.Url, CallbackUrl.LongestCalled) is not { } url) return null;
        if (await session.Events.FetchStreamStateAsync(Streams.Callback(owed.Id), cancellation) is not null) return null;

        var sealedUrl = vault.Seal(CallbackSecrets.OwnerOf(owed.Id), CallbackSecrets.UrlKind, 1, owed.Url);
        Store(session, sealedUrl);
        if (owed.Body is not null) Store(session, vault.Seal(CallbackSecrets.OwnerOf(owed.Id), CallbackSecrets.BodyKind, 1, owed.Body));
        var host = url.Host.ToLowerInvariant();
        session.Events.StartStream(Streams.Callback(owed.Id), new CallbackRegistered(
            owed.Id, owed.Kind, owed.TenantId, owed.Instance, owed.MeetingId, owed.RecordId, sealedUrl.Fingerprint, host, owed.SignerFingerprint,
            time.GetUtcNow()));
        return new CallBack(owed.Id, 1, host);
    }

    private static void Store(IDocumentSession session, SealedSecret secret)
    {
        var store = SecretVault.Store(secret);
        session.QueueSqlCommand(store.Sql, store.Values);
    }
}
