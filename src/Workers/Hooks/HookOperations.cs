using Npgsql;
using Scalelite.Domain;
using Scalelite.Domain.Callbacks;
using Scalelite.Domain.Hooks;
using Scalelite.EventLog;
using Scalelite.Projections.Hooks;
using Scalelite.Workers.Callbacks;

namespace Scalelite.Workers.Hooks;

/// <summary>What a client asks for with hooks/create. Not a record with a printed form: its URL is a secret.</summary>
public sealed class HookOrder(string tenantId, string url, string signedWith)
{
    /// <summary>Empty without tenants.</summary>
    public string TenantId { get; } = tenantId;

    /// <summary>Where events go.</summary>
    public string Url { get; } = url;

    /// <summary>The secret that signed the call.</summary>
    public string SignedWith { get; } = signedWith;

    /// <summary>Only of this meeting; null for all.</summary>
    public string? MeetingId { get; init; }

    /// <summary>Only these events; null for all.</summary>
    public string? EventIds { get; init; }

    /// <summary>Events as they are on the node.</summary>
    public bool GetRaw { get; init; }

    /// <summary>Scheme and host of the call.</summary>
    public required string Origin { get; init; }
}

/// <summary>What came of a hooks/create.</summary>
/// <param name="IsNew">False where the URL had a hook already.</param>
public sealed record CreatedHook(long Number, bool IsNew, bool GetRaw);

/// <summary>Creates and destroys hooks, and has the servers' looked at.</summary>
public sealed class HookOperations(IDocumentStore store, NpgsqlDataSource database, KnownHooks hooks, SecretVault vault, TimeProvider time)
{
    /// <summary>The kind of their URLs in table <c>secret</c>; the owner is <c>hook-{id}</c>.</summary>
    public const string UrlKind = "hook-url";

    /// <summary>Hooks of one tenant.</summary>
    public const int MostOfTenant = 1000;

    private const int Tries = 5;
    private const int LongestText = 512;

    /// <summary>How long a destroyed hook's URL is known, so that it is taken from nodes that come back.</summary>
    private static readonly TimeSpan UrlKept = TimeSpan.FromDays(7);

    /// <summary>The owner in table <c>secret</c>.</summary>
    public static string OwnerOf(Guid hookId) => $"hook-{hookId}";

    /// <summary>Creates a hook, or finds the one that the URL has.</summary>
    /// <returns>Null where the URL is none to call, or the tenant has too many.</returns>
    public async Task<CreatedHook?> CreateAsync(HookOrder order, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(order);
        if (CallbackUrl.Read(order.Url) is not { Fragment: "" } url || !IsStorable(order.MeetingId) || !IsStorable(order.EventIds)) return null;
        var fingerprint = vault.Fingerprint(UrlKind, order.Url);
        var id = Hook.IdOf(order.TenantId, fingerprint);
        for (var left = Tries; ; left--)
        {
            if (await hooks.FindAsync(id, cancellation) is { Destroyed: false } there) return new CreatedHook(there.Number, IsNew: false, there.GetRaw);
            if ((await hooks.ListAsync(order.TenantId, null, cancellation)).Count >= MostOfTenant) return null;
            var number = await NextNumberAsync(cancellation);
            try
            {
                var created = new HookCreated(
                    id, number, order.TenantId, order.MeetingId, order.EventIds, order.GetRaw, fingerprint, url.Host.ToLowerInvariant(),
                    vault.Fingerprint(ClientSecrets.Kind, order.SignedWith), order.Origin, time.GetUtcNow());
                if (await AppendAsync(created, order.Url, cancellation)) return new CreatedHook(number, IsNew: true, order.GetRaw);
            }
            catch (Exception first) when (left > 0 && first is ExistingStreamIdCollisionException or EventStreamUnexpectedMaxEventIdException)
            {
                // It was created at the same time: it is found now.
            }
        }
    }

    /// <summary>Destroys a tenant's hook.</summary>
    /// <returns>False where the tenant has none with that number.</returns>
    public async Task<bool> DestroyAsync(string tenantId, long number, CancellationToken cancellation)
    {
        for (var left = Tries; ; left--)
        {
            if (await hooks.FindAsync(tenantId, number, cancellation) is not { } hook) return false;
            await using var session = Session();
            try
            {
                var decision = await session.DecideAsync<Hook>(Streams.Hook(hook.HookId), known => known.Destroy(number, time.GetUtcNow()), cancellation);
                if (decision.Events.Count == 0) return false;
                Queue(session, SecretVault.Retire(OwnerOf(hook.HookId), UrlKind, time.GetUtcNow() + UrlKept));
                LookAtServers(session);
                await session.SaveChangesAsync(cancellation);
                return true;
            }
            catch (EventStreamUnexpectedMaxEventIdException) when (left > 0)
            {
                // Another caller was first.
            }
        }
    }

    private async Task<bool> AppendAsync(HookCreated created, string url, CancellationToken cancellation)
    {
        await using var session = Session();
        var stream = Streams.Hook(created.HookId);
        if (await session.Events.FetchStreamStateAsync(stream, cancellation) is null) session.Events.StartStream(stream, created);
        else if ((await session.DecideAsync<Hook>(stream, hook => hook.CreateAgain(created), cancellation)).Events.Count == 0) return false;
        Queue(session, SecretVault.Store(vault.Seal(OwnerOf(created.HookId), UrlKind, 1, url)));
        LookAtServers(session);
        await session.SaveChangesAsync(cancellation);
        return true;
    }

    private IDocumentSession Session()
    {
        var session = store.LightweightSession();
        session.SetHeader("actor", "bbb-api");
        return session;
    }

    private async Task<long> NextNumberAsync(CancellationToken cancellation)
    {
        // After a restore from the log alone the sequence begins anew, behind the hooks that there are.
        await using var command = database.CreateCommand(
            """
            select case when known.most > s.last_value or (known.most = s.last_value and not s.is_called) then setval('hook_number', known.most + 1) else nextval('hook_number') end
            from hook_number s, (select coalesce(max(number), 0) as most from hook) known
            """);
        return (long)(await command.ExecuteScalarAsync(cancellation))!;
    }

    private static bool IsStorable(string? text) => text is null || (text.Length <= LongestText && !text.Contains('\0', StringComparison.Ordinal));

    private static void LookAtServers(IDocumentSession session) => session.QueueSqlCommand("update hook_sync set due_at = '-infinity'");

    private static void Queue(IDocumentSession session, QueuedSql statement) => session.QueueSqlCommand(statement.Sql, statement.Values);
}
