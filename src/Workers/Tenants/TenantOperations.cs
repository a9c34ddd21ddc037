using Npgsql;
using Scalelite.Domain;
using Scalelite.Domain.Tenants;
using Scalelite.EventLog;
using Scalelite.Workers.Configuration;
using Scalelite.Workers.Servers;

namespace Scalelite.Workers.Tenants;

/// <summary>
/// What operators do with tenants, for the command line and the admin API alike. One at a time in the whole installation, so that names
/// stay unique and pass from one tenant to another in the order of the log.
/// </summary>
public sealed class TenantOperations(
    IDocumentStore store, NpgsqlDataSource database, SecretVault vault, Settings settings, TimeProvider time)
{
    /// <summary>What separates secrets, as in Scalelite.</summary>
    public const char Separator = ':';

    /// <summary>The advisory lock's key: "tenants." in ASCII.</summary>
    private const long LockKey = 0x74656e616e74732e;

    /// <summary>Adds a tenant, enabled.</summary>
    /// <param name="secrets">What its clients may sign with, separated by <c>:</c>.</param>
    /// <param name="tenantId">Null for a new one.</param>
    public Task<TenantOutcome> AddAsync(string name, string secrets, ChangedBy by, CancellationToken cancellation, string? tenantId = null) =>
        LockedAsync(by, "tenants add", async session =>
        {
            var id = tenantId ?? Guid.NewGuid().ToString();
            if (await HolderAsync(name, cancellation) is not null) return new TenantOutcome.Refused(Taken(name));
            if (await LoadAsync(session, id, cancellation) is (not null, _)) return new TenantOutcome.Refused($"There is, or was, a tenant with id={id}");
            if (WrongSecrets(secrets) is { } wrong) return new TenantOutcome.Refused(wrong);
            var @sealed = await SealAsync(id, Split(secrets), cancellation);
            var decision = Tenant.Add(id, name, [.. @sealed.Select(s => s.Fingerprint)], time.GetUtcNow());
            if (decision.Refusal is { } why) return new TenantOutcome.Refused(why);
            foreach (var secret in @sealed) Queue(session, SecretVault.Store(secret));
            session.Events.StartStream(Streams.Tenant(id), [.. decision.Events]);
            return new TenantOutcome.Done(id);
        }, cancellation);

    /// <summary>Changes its name and its secrets, both or neither. A secret that is left out signs no call any more; it stays known for RETIRED_SECRET_DAYS, for callbacks.</summary>
    public Task<TenantOutcome> UpdateAsync(string tenantId, TenantChange change, ChangedBy by, CancellationToken cancellation) =>
        ChangeAsync(tenantId, by, "tenants update", async (session, tenant, at) =>
        {
            var decisions = new List<Decision>();
            if (change.Name is { } name)
            {
                if (await HolderAsync(name, cancellation) is { } holder && holder != tenantId) return Decision.Refuse(Taken(name));
                decisions.Add(tenant.Rename(name, at));
            }

            if (change.Secrets is { } secrets)
            {
                if (WrongSecrets(secrets) is { } wrong) return Decision.Refuse(wrong);
                var wanted = Split(secrets).Select(text => (Text: text, Fingerprint: vault.Fingerprint(TenantSecrets.Kind, text))).ToArray();
                decisions.Add(tenant.RotateSecrets([.. wanted.Select(w => w.Fingerprint)], at));
                var fresh = wanted.Where(w => !tenant.SecretFingerprints.Contains(w.Fingerprint)).Select(w => w.Text).ToArray();
                foreach (var secret in await SealAsync(tenantId, fresh, cancellation)) Queue(session, SecretVault.Store(secret));
                foreach (var left in tenant.SecretFingerprints.Except(wanted.Select(w => w.Fingerprint)))
                    Queue(session, SecretVault.Retire(tenantId, TenantSecrets.Kind, left, at + settings.Security.RetiredSecrets));
            }

            return decisions.FirstOrDefault(d => d.Refusal is not null) ?? Decision.Of([.. decisions.SelectMany(d => d.Events)]);
        }, cancellation);

    /// <summary>Gives it a learning record store that takes name and password, or, with a token URL, a token of an OIDC server.</summary>
    public Task<TenantOutcome> SetLrsAsync(
        string tenantId, string endpoint, string? tokenUrl, LrsCredentials credentials, ChangedBy by, CancellationToken cancellation) =>
        ChangeAsync(tenantId, by, "tenants update-lrs", async (session, tenant, at) =>
        {
            var number = await vault.NextNumberAsync(tenantId, TenantSecrets.LrsKind, cancellation);
            var @sealed = vault.Seal(tenantId, TenantSecrets.LrsKind, number, credentials.ToJson());
            var decision = tenant.SetLrs(endpoint, tokenUrl, @sealed.Fingerprint, at);
            if (decision.Events.Count > 0 && tenant.LrsFingerprint != @sealed.Fingerprint)
                foreach (var statement in SecretVault.Rotate(@sealed, at)) Queue(session, statement);
            return decision;
        }, cancellation);

    /// <summary>Takes its learning record store away, and its credentials at once.</summary>
    public Task<TenantOutcome> ClearLrsAsync(string tenantId, ChangedBy by, CancellationToken cancellation) =>
        ChangeAsync(tenantId, by, "tenants update-lrs", (session, tenant, at) =>
        {
            Queue(session, SecretVault.Remove(tenantId, TenantSecrets.LrsKind));
            return Task.FromResult(tenant.ClearLrs(at));
        }, cancellation);

    /// <summary>Takes its creates and joins again.</summary>
    public Task<TenantOutcome> EnableAsync(string tenantId, ChangedBy by, CancellationToken cancellation) =>
        DecideAsync(tenantId, by, "tenants enable", (tenant, at) => tenant.Enable(at), cancellation);

    /// <summary>Refuses its creates and joins; its meetings go on.</summary>
    public Task<TenantOutcome> DisableAsync(string tenantId, ChangedBy by, CancellationToken cancellation) =>
        DecideAsync(tenantId, by, "tenants disable", (tenant, at) => tenant.Disable(at), cancellation);

    /// <summary>Limits its meetings and users at once.</summary>
    /// <param name="limits">From what is to what is to be; null lifts a limit.</param>
    public Task<TenantOutcome> LimitAsync(
        string tenantId, Func<(int? Meetings, int? Users), (int? Meetings, int? Users)> limits, ChangedBy by, CancellationToken cancellation) =>
        DecideAsync(tenantId, by, "tenants quota", (tenant, at) =>
        {
            var (meetings, users) = limits((tenant.MeetingQuota, tenant.UserQuota));
            return tenant.Limit(meetings, users, at);
        }, cancellation);

    /// <summary>Says how many days its recordings are kept; null leaves it to RECORDING_RETENTION_DAYS.</summary>
    public Task<TenantOutcome> KeepRecordingsAsync(string tenantId, int? days, ChangedBy by, CancellationToken cancellation) =>
        DecideAsync(tenantId, by, "tenants retention", (tenant, at) => tenant.Keep(days, at), cancellation);

    /// <summary>Sets a parameter of its creates and joins.</summary>
    public async Task<TenantOutcome> SetAsync(string tenantId, string param, string value, bool @override, ChangedBy by, CancellationToken cancellation)
    {
        var settingId = Guid.NewGuid().ToString();
        var outcome = await DecideAsync(tenantId, by, "tenants settings add", (tenant, at) =>
        {
            settingId = tenant.Settings.Values.FirstOrDefault(s => s.Param == param && s.Override == @override)?.SettingId ?? settingId;
            return tenant.Set(settingId, param, value, @override, at);
        }, cancellation);
        return outcome is TenantOutcome.Done done ? done with { SettingId = settingId } : outcome;
    }

    /// <summary>Takes a setting away, whichever tenant has it.</summary>
    public async Task<TenantOutcome> ClearAsync(string settingId, ChangedBy by, CancellationToken cancellation)
    {
        await using var find = database.CreateCommand("select tenant_id from tenant_setting where id = $1");
        find.Parameters.AddWithValue(settingId);
        if (await find.ExecuteScalarAsync(cancellation) is not string tenantId)
            return new TenantOutcome.Refused($"Couldn't find TenantSetting with id={settingId}");
        var outcome = await DecideAsync(tenantId, by, "tenants settings remove", (tenant, at) => tenant.Clear(settingId, at), cancellation);
        return outcome is TenantOutcome.Done done ? done with { SettingId = settingId } : outcome;
    }

    /// <summary>Takes it out: no client is let in under its name. Its meetings run on until they end, its recordings stay.</summary>
    public Task<TenantOutcome> RemoveAsync(string tenantId, ChangedBy by, CancellationToken cancellation) =>
        ChangeAsync(tenantId, by, "tenants remove", (session, tenant, at) =>
        {
            Queue(session, SecretVault.Remove(tenantId, TenantSecrets.LrsKind));
            Queue(session, SecretVault.Retire(tenantId, TenantSecrets.Kind, at + settings.Security.RetiredSecrets));
            return Task.FromResult(tenant.Remove(at));
        }, cancellation);

    private Task<TenantOutcome> DecideAsync(
        string tenantId, ChangedBy by, string command, Func<Tenant, DateTimeOffset, Decision> decide, CancellationToken cancellation) =>
        ChangeAsync(tenantId, by, command, (_, tenant, at) => Task.FromResult(decide(tenant, at)), cancellation);

    private Task<TenantOutcome> ChangeAsync(
        string tenantId,
        ChangedBy by,
        string command,
        Func<IDocumentSession, Tenant, DateTimeOffset, Task<Decision>> decide,
        CancellationToken cancellation) =>
        LockedAsync(by, command, async session =>
        {
            var (tenant, version) = await LoadAsync(session, tenantId, cancellation);
            if (tenant is null or { Removed: true }) return new TenantOutcome.Unknown(tenantId);
            by.Expect(version);
            var decision = await decide(session, tenant, time.GetUtcNow());
            if (decision.Refusal is { } why) return new TenantOutcome.Refused(why);
            if (decision.Events.Count > 0) session.Events.Append(Streams.Tenant(tenantId), version + decision.Events.Count, [.. decision.Events]);
            return new TenantOutcome.Done(tenantId);
        }, cancellation);

    /// <summary>Works under the lock; what was queued and appended is written only if it was not refused.</summary>
    private async Task<TenantOutcome> LockedAsync(
        ChangedBy by, string command, Func<IDocumentSession, Task<TenantOutcome>> work, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        await using (var take = new NpgsqlCommand($"set local lock_timeout = '5s'; select pg_advisory_xact_lock({LockKey})", connection, transaction))
        {
            await take.ExecuteNonQueryAsync(cancellation);
        }

        await using var session = store.LightweightSession(SessionOptions.ForTransaction(transaction));
        session.SignedBy(by, command);
        var outcome = await work(session);
        if (outcome is TenantOutcome.Done)
        {
            await session.SaveChangesAsync(cancellation);
            await transaction.CommitAsync(cancellation);
        }

        return outcome;
    }

    private static async Task<(Tenant? Tenant, long Version)> LoadAsync(IDocumentSession session, string tenantId, CancellationToken cancellation)
    {
        if (!Guid.TryParseExact(tenantId, "D", out _)) return (null, 0);
        var stream = Streams.Tenant(tenantId);
        var state = await session.Events.FetchStreamStateAsync(stream, cancellation);
        return state is null
            ? (null, 0)
            : (await session.Events.AggregateStreamAsync<Tenant>(stream, version: state.Version, token: cancellation), state.Version);
    }

    private async Task<string?> HolderAsync(string name, CancellationToken cancellation)
    {
        await using var command = database.CreateCommand("select id from tenant where name = $1");
        command.Parameters.AddWithValue(name);
        return (string?)await command.ExecuteScalarAsync(cancellation);
    }

    private async Task<IReadOnlyList<SealedSecret>> SealAsync(string tenantId, string[] secrets, CancellationToken cancellation)
    {
        if (secrets.Length == 0) return [];
        var number = await vault.NextNumberAsync(tenantId, TenantSecrets.Kind, cancellation);
        return [.. secrets.Select((secret, i) => vault.Seal(tenantId, TenantSecrets.Kind, number + i, secret))];
    }

    private static string[] Split(string secrets) => secrets.Split(Separator, StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    private static string? WrongSecrets(string secrets) =>
        Split(secrets).Any(secret => secret.Any(c => char.IsWhiteSpace(c) || char.IsControl(c))) ? "A tenant's secret has no white space" : null;

    private static string Taken(string name) => $"There is a tenant named {name} already";

    private static void Queue(IDocumentSession session, QueuedSql statement) => session.QueueSqlCommand(statement.Sql, statement.Values);
}
