using System.ComponentModel;
using Scalelite.Api.CommandLine.Tenants;
using Scalelite.Domain;
using Scalelite.Domain.AdminTokens;
using Scalelite.EventLog;
using Scalelite.Projections.Tenants;
using Scalelite.Workers.Tenants;

namespace Scalelite.Api.AdminV1;

/// <summary>The tenants. They can be prepared before MULTITENANCY_ENABLED is set. Every change answers the tenant; none answers a secret.</summary>
internal static class TenantEndpoints
{
    private static readonly IReadOnlyList<ProblemKind> MayBeRefused = [ProblemKind.Refused];

    /// <summary>The operations.</summary>
    public static IReadOnlyList<ApiOperation> All { get; } =
    [
        new("GET", "/tenants", "listTenants", "The tenants in the order in which they came", AdminRole.Viewer, ListAsync) { Result = typeof(Page<TenantRow>) },
        new(
            "POST", "/tenants", "addTenant",
            "Add a tenant, enabled. With an id of your own it may be sent again: 200 where it exists with that name and those secrets",
            AdminRole.Admin, AddAsync)
        {
            Body = typeof(NewTenant), Result = typeof(TenantRow), Success = StatusCodes.Status201Created, Problems = [ProblemKind.Conflict, ProblemKind.Refused],
        },
        new("GET", "/tenants/{id}", "getTenant", "A tenant", AdminRole.Viewer, call => ShowAsync(call, call.Route("id"))) { Result = typeof(TenantRow) },
        Change(
            "PATCH", "/tenants/{id}", "changeTenant",
            "Change a tenant's name or secrets; what is not given stays",
            typeof(TenantChanges), (call, id, operations) =>
        {
            var given = call.Body<TenantChanges>();
            return operations.UpdateAsync(id, new TenantChange(given.Name, given.Secrets is { } secrets ? Joined(secrets) : null), call.By, CancellationToken.None);
        }),
        Change(
            "PUT", "/tenants/{id}/state", "setTenantState",
            "Take a tenant's creates and joins, or refuse them; its meetings go on",
            typeof(TenantState), (call, id, operations) =>
            call.Body<TenantState>().Enabled
                ? operations.EnableAsync(id, call.By, CancellationToken.None)
                : operations.DisableAsync(id, call.By, CancellationToken.None)),
        Change(
            "PUT", "/tenants/{id}/quota", "setTenantQuota",
            "Limit how many meetings and users a tenant has at once; null does not limit",
            typeof(Quota), (call, id, operations) =>
        {
            var given = call.Body<Quota>();
            return operations.LimitAsync(id, _ => (given.Meetings, given.Users), call.By, CancellationToken.None);
        }),
        Change(
            "PUT", "/tenants/{id}/retention", "setTenantRetention",
            "Say how many days a tenant's recordings are kept; null leaves it to RECORDING_RETENTION_DAYS",
            typeof(Retention), (call, id, operations) =>
            operations.KeepRecordingsAsync(id, call.Body<Retention>().Days, call.By, CancellationToken.None)),
        Change(
            "PUT", "/tenants/{id}/lrs", "setTenantLrs",
            "Give a tenant a learning record store: with name and password, or with tokens of an OIDC server",
            typeof(LrsWanted), SetLrsAsync),
        Change(
            "DELETE", "/tenants/{id}/lrs", "clearTenantLrs",
            "Take a tenant's learning record store away, and its credentials",
            null, (call, id, operations) =>
            operations.ClearLrsAsync(id, call.By, CancellationToken.None)),
        new(
            "GET", "/tenants/{id}/settings", "listTenantSettings",
            "Parameters that a tenant sets for its creates and joins; the ETag is the tenant's",
            AdminRole.Viewer, ListSettingsAsync)
        {
            Result = typeof(Page<TenantSettingRow>),
        },
        new("PUT", "/tenants/{id}/settings", "setTenantSetting", "Set a parameter, or give it another value", AdminRole.Admin, SetSettingAsync)
        {
            Body = typeof(WantedSetting), Result = typeof(TenantSettingRow), NeedsVersion = true, Problems = MayBeRefused,
        },
        new("DELETE", "/tenants/{id}/settings/{setting}", "clearTenantSetting", "Take a setting away", AdminRole.Admin, ClearSettingAsync)
        {
            Success = StatusCodes.Status204NoContent, NeedsVersion = true, Problems = MayBeRefused,
        },
        new(
            "DELETE", "/tenants/{id}", "removeTenant",
            "Take a tenant out: its clients are let in no more, its meetings run on until they end, its recordings stay",
            AdminRole.Admin, RemoveAsync)
        {
            Success = StatusCodes.Status204NoContent, NeedsVersion = true, Problems = MayBeRefused,
        },
        new(
            "GET", "/tenants/{id}/events", "listTenantEvents",
            "What happened to a tenant, also to one that is gone: who changed it, from where and why",
            AdminRole.Viewer,
            call => EventPages.AnswerAsync(call, Streams.Tenant(call.Route("id")), "tenant"))
        {
            Query = EventPages.Query, Result = typeof(EventPage),
        },
    ];

    private static ApiOperation Change(
        string method, string path, string id, string summary, Type? body, Func<ApiCall, string, TenantOperations, Task<TenantOutcome>> change) =>
        new(method, path, id, summary, AdminRole.Admin, async call =>
            await AnswerAsync(await change(call, call.Route("id"), call.Get<TenantOperations>()), done => ShowAsync(call, done.TenantId)))
        {
            Body = body,
            Result = typeof(TenantRow),
            NeedsVersion = true,
            Problems = MayBeRefused,
        };

    private static async Task<ApiAnswer> ListAsync(ApiCall call) =>
        ApiAnswer.Ok(new Page<TenantRow>([.. (await ReadAsync(call)).Select(TenantRow.From)], null));

    private static async Task<ApiAnswer> ShowAsync(ApiCall call, string id, int status = StatusCodes.Status200OK)
    {
        var version = await call.VersionAsync(Streams.Tenant(id));
        return await FindAsync(call, id) is { } found ? new ApiAnswer(status, TenantRow.From(found)) { Version = version } : ApiAnswer.Unknown("tenant", id);
    }

    private static async Task<ApiAnswer> AddAsync(ApiCall call)
    {
        var given = call.Body<NewTenant>();
        var secrets = Joined(given.Secrets);
        var id = given.Id?.ToString();
        if (id is not null && await FindAsync(call, id) is { } known)
        {
            var vault = call.Get<SecretVault>();
            var same = known.Name == given.Name
                && known.SecretFingerprints.SequenceEqual(given.Secrets.Select(secret => vault.Fingerprint(TenantSecrets.Kind, secret)));
            return same ? await ShowAsync(call, id) : ApiAnswer.Fails(ProblemKind.Conflict, $"Tenant {id} exists with another name or other secrets");
        }

        return await AnswerAsync(await call.Get<TenantOperations>().AddAsync(given.Name, secrets, call.By, CancellationToken.None, id), async done =>
            await ShowAsync(call, done.TenantId, StatusCodes.Status201Created) with { Location = $"{AdminV1Api.Path}/tenants/{done.TenantId}" });
    }

    private static Task<TenantOutcome> SetLrsAsync(ApiCall call, string id, TenantOperations operations)
    {
        var given = call.Body<LrsWanted>();
        var isWhole = (given.TokenUrl is null) == (given.ClientId is null) && (given.TokenUrl is null) == (given.ClientSecret is null);
        return isWhole
            ? operations.SetLrsAsync(
                id,
                given.Endpoint,
                given.TokenUrl,
                new LrsCredentials { UserName = given.UserName, Password = given.Password, ClientId = given.ClientId, ClientSecret = given.ClientSecret },
                call.By,
                CancellationToken.None)
            : Task.FromResult<TenantOutcome>(new TenantOutcome.Refused("token_url, client_id and client_secret are given together, or none of them"));
    }

    private static async Task<ApiAnswer> ListSettingsAsync(ApiCall call)
    {
        var id = call.Route("id");
        var version = await call.VersionAsync(Streams.Tenant(id));
        return await FindAsync(call, id) is { } tenant
            ? ApiAnswer.Ok(
                new Page<TenantSettingRow>([.. tenant.Settings.Select(s => new TenantSettingRow(s.SettingId, s.Param, s.Value, s.Override))], null), version)
            : ApiAnswer.Unknown("tenant", id);
    }

    private static async Task<ApiAnswer> SetSettingAsync(ApiCall call)
    {
        var (id, given) = (call.Route("id"), call.Body<WantedSetting>());
        var outcome = await call.Get<TenantOperations>().SetAsync(id, given.Param, given.Value, given.Override, call.By, CancellationToken.None);
        return await AnswerAsync(outcome, async done => ApiAnswer.Ok(
            new TenantSettingRow(done.SettingId!, given.Param, given.Value, given.Override), await call.VersionAsync(Streams.Tenant(id))));
    }

    private static async Task<ApiAnswer> ClearSettingAsync(ApiCall call)
    {
        var (id, setting) = (call.Route("id"), call.Route("setting"));
        if (await FindAsync(call, id) is not { } tenant) return ApiAnswer.Unknown("tenant", id);
        if (tenant.Settings.All(known => known.SettingId != setting)) return ApiAnswer.Unknown("setting", setting);
        return await AnswerAsync(
            await call.Get<TenantOperations>().ClearAsync(setting, call.By, CancellationToken.None),
            async _ => ApiAnswer.Nothing with { Version = await call.VersionAsync(Streams.Tenant(id)) });
    }

    private static async Task<ApiAnswer> RemoveAsync(ApiCall call) => await AnswerAsync(
        await call.Get<TenantOperations>().RemoveAsync(call.Route("id"), call.By, CancellationToken.None), _ => Task.FromResult(ApiAnswer.Nothing));

    private static async Task<ListedTenant?> FindAsync(ApiCall call, string id) => (await ReadAsync(call)).FirstOrDefault(tenant => tenant.Id == id);

    private static Task<IReadOnlyList<ListedTenant>> ReadAsync(ApiCall call) => call.Get<TenantList>().ListAsync(CancellationToken.None);

    // One that holds the separator would become two.
    private static string Joined(IReadOnlyList<string> secrets) =>
        string.Join(TenantOperations.Separator, secrets.Select(secret => secret.Contains(TenantOperations.Separator, StringComparison.Ordinal) ? " " : secret));

    private static async Task<ApiAnswer> AnswerAsync(TenantOutcome outcome, Func<TenantOutcome.Done, Task<ApiAnswer>> done) => outcome switch
    {
        TenantOutcome.Done it => await done(it),
        TenantOutcome.Unknown { TenantId: var id } => ApiAnswer.Unknown("tenant", id),
        TenantOutcome.Refused { Why: var why } => ApiAnswer.Fails(ProblemKind.Refused, why),
        _ => throw new InvalidOperationException($"{outcome.GetType().Name} has no answer"),
    };
}
