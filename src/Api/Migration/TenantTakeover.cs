using Npgsql;
using Scalelite.Domain.Tenants;
using Scalelite.Workers.Servers;
using Scalelite.Workers.Tenants;

namespace Scalelite.Api.Migration;

/// <summary>Takes tenants, their settings and their learning record stores over.</summary>
internal sealed class TenantTakeover(NpgsqlDataSource database, TenantOperations operations)
{
    private const string SettingSql = "select exists (select from tenant_setting where tenant_id = $1 and param = $2 and override = $3)";

    /// <summary>Adds the tenants that are not here, each with its id, and what settings they lack.</summary>
    public async Task<IReadOnlyList<TakenOver>> TakeAsync(ScaleliteState state, bool dryRun, ChangedBy by, CancellationToken cancellation)
    {
        var (tenants, settings) = (new TakenOver("tenants"), new TakenOver("tenant settings"));
        var holders = await HoldersAsync(cancellation);
        foreach (var tenant in state.Tenants)
        {
            var present = await ExistsAsync("select exists (select from tenant where id = $1)", cancellation, tenant.Id);
            if (!present && (WhyNot(tenant, holders) ?? (dryRun ? null : await AddAsync(tenant, by, cancellation))) is { } refusal)
            {
                tenants.Skip($"tenant {tenant.Name} ({tenant.Id}): {refusal}");
                continue;
            }

            holders[tenant.Name] = tenant.Id;
            if (present) tenants.Present++;
            else tenants.New++;
            if (!dryRun && await LrsAsync(tenant, by, cancellation) is { } wrong) tenants.Skip($"the LRS of tenant {tenant.Name}: {wrong}");
            foreach (var setting in state.Settings.Where(setting => setting.TenantId == tenant.Id))
                await SetAsync(setting, settings, dryRun, by, cancellation);
        }

        return [tenants, settings];
    }

    private static string? WhyNot(ScaleliteTenant tenant, Dictionary<string, string> holders) =>
        TenantName.WhyNot(tenant.Name)
        ?? (tenant.Secrets.Count == 0 ? "it has no secret"
            : holders.TryGetValue(tenant.Name, out var holder) ? $"tenant {holder} has its name"
            : null);

    private async Task<string?> AddAsync(ScaleliteTenant tenant, ChangedBy by, CancellationToken cancellation) =>
        await operations.AddAsync(tenant.Name, string.Join(TenantOperations.Separator, tenant.Secrets.Distinct(StringComparer.Ordinal)), by, cancellation, tenant.Id)
            is TenantOutcome.Refused refused
            ? refused.Why
            : null;

    private async Task SetAsync(ScaleliteSetting setting, TakenOver settings, bool dryRun, ChangedBy by, CancellationToken cancellation)
    {
        if (await ExistsAsync(SettingSql, cancellation, setting.TenantId, setting.Param, setting.Override))
            settings.Present++;
        else if (!dryRun
            && await operations.SetAsync(setting.TenantId, setting.Param, setting.Value, setting.Override, by, cancellation) is TenantOutcome.Refused refused)
            settings.Skip($"setting {setting.Param} of tenant {setting.TenantId}: {refused.Why}");
        else
            settings.New++;
    }

    private async Task<string?> LrsAsync(ScaleliteTenant tenant, ChangedBy by, CancellationToken cancellation)
    {
        string? Of(string key) => tenant.Lrs.GetValueOrDefault(key) is { Length: > 0 } value ? value : null;
        if (Of("lrs_endpoint") is not { } endpoint
            || await ExistsAsync("select exists (select from tenant where id = $1 and lrs_endpoint is not null)", cancellation, tenant.Id))
        {
            return null;
        }

        var tokenUrl = Of("kc_token_url");
        var credentials = tokenUrl is null
            ? new LrsCredentials { UserName = Of("lrs_username") ?? "", Password = Of("lrs_password") ?? "" }
            : new LrsCredentials
            {
                UserName = Of("kc_username") ?? "",
                Password = Of("kc_password") ?? "",
                ClientId = Of("kc_client_id"),
                ClientSecret = Of("kc_client_secret"),
            };
        return await operations.SetLrsAsync(tenant.Id, endpoint, tokenUrl, credentials, by, cancellation) is TenantOutcome.Refused refused ? refused.Why : null;
    }

    /// <summary>The ids of the tenants that are here, by name.</summary>
    private async Task<Dictionary<string, string>> HoldersAsync(CancellationToken cancellation)
    {
        await using var command = database.CreateCommand("select name, id from tenant");
        await using var rows = await command.ExecuteReaderAsync(cancellation);
        var holders = new Dictionary<string, string>(StringComparer.Ordinal);
        while (await rows.ReadAsync(cancellation)) holders[rows.GetString(0)] = rows.GetString(1);
        return holders;
    }

    private async Task<bool> ExistsAsync(string sql, CancellationToken cancellation, params object[] values)
    {
        await using var command = database.CreateCommand(sql);
        foreach (var value in values) command.Parameters.AddWithValue(value);
        return (bool)(await command.ExecuteScalarAsync(cancellation))!;
    }
}
