using System.CommandLine;
using Scalelite.Api.Configuration;
using Scalelite.Domain.Tenants;
using Scalelite.Projections.Tenants;
using Scalelite.Workers.Tenants;

namespace Scalelite.Api.CommandLine.Tenants;

/// <summary><c>scalelite tenants settings …</c>: parameters of tenants' creates and joins.</summary>
internal static class TenantSettingsCommand
{
    private const Needs WithSecrets = Needs.Database | Needs.SealedSecrets;

    private static readonly Column<SettingRow>[] Columns =
    [
        new("tenant", row => row.Tenant),
        new("id", row => row.Id),
        new("param", row => row.Param),
        new("value", row => row.Value),
        new("override", row => row.Override ? "true" : "false"),
    ];

    public static Command Create()
    {
        var json = CommonOptions.Json();
        return new Command("settings", "Parameters of tenants' creates and joins; alone: list them") { json, List(), Add(), Remove() }.Runs(
            Needs.Database, (scope, cancellation) => ListAsync(scope, null, scope.Get(json), cancellation));
    }

    private static Command List()
    {
        var id = new Argument<string>("ID") { Description = "The tenant's id; all if it is not given", Arity = ArgumentArity.ZeroOrOne };
        var json = CommonOptions.Json();
        return new Command("list", "List the settings") { id, json }.Runs(
            Needs.Database, (scope, cancellation) => ListAsync(scope, scope.GetOrNull(id), scope.Get(json), cancellation));
    }

    private static Command Add()
    {
        var id = TenantsCommand.TenantId();
        var param = new Argument<string>("PARAM") { Description = "As it stands in a call: welcome, meta_server-tag" };
        var value = new Argument<string>("VALUE") { Description = "Its value, commas and all" };
        var @override = new Option<bool>("--override") { Description = "It replaces what clients send; else it is a default" };
        return new Command("add", "Set a parameter, or give it another value") { id, param, value, @override }.Runs(WithSecrets, async (scope, cancellation) =>
            await scope.AnswerAsync(
                await scope.Get<TenantOperations>().SetAsync(
                    scope.Get(id), scope.Get(param), scope.Get(value), scope.Get(@override), scope.Actor, cancellation),
                asJson: false,
                cancellation));
    }

    private static Command Remove()
    {
        var setting = new Argument<string>("SETTING_ID") { Description = "The setting's id" };
        return new Command("remove", "Take a setting away") { setting }.Runs(WithSecrets, async (scope, cancellation) => await scope.AnswerAsync(
            await scope.Get<TenantOperations>().ClearAsync(scope.Get(setting), scope.Actor, cancellation), asJson: false, cancellation));
    }

    private static async Task<int> ListAsync(CommandScope scope, string? tenantId, bool asJson, CancellationToken cancellation)
    {
        var tenants = await scope.Get<TenantList>().ListAsync(cancellation);
        return tenantId is not null && tenants.All(tenant => tenant.Id != tenantId)
            ? scope.Refuse($"Couldn't find Tenant with id={Listing.Printable(tenantId)}")
            : scope.WriteList(
                [
                    .. tenants.Where(tenant => tenantId is null || tenant.Id == tenantId)
                        .SelectMany(tenant => tenant.Settings.Select(setting => SettingRow.From(tenant, setting))),
                ],
                asJson, "No custom settings are configured", Columns);
    }

    private sealed record SettingRow(string TenantId, string Tenant, string Id, string Param, string Value, bool Override)
    {
        public static SettingRow From(ListedTenant tenant, TenantSetting setting) =>
            new(tenant.Id, tenant.Name, setting.SettingId, setting.Param, setting.Value, setting.Override);
    }
}
