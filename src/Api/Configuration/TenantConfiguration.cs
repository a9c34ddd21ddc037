using Scalelite.Workers.Configuration;

namespace Scalelite.Api.Configuration;

/// <summary>Tenants.</summary>
internal static class TenantConfiguration
{
    public static readonly Setting<bool> Enabled = SettingKinds.Boolean(
        "MULTITENANCY_ENABLED",
        "Each request belongs to a tenant, which the first label of the host names, or the path `/t/{tenant}/bigbluebutton/api/…`. "
        + "Clients sign with their tenant's secrets; LOADBALANCER_SECRET signs nothing but the admin API.");

    public static IReadOnlyList<Setting> All => [Enabled];

    public static MultitenancySettings Read(SettingsReader reader) => new() { Enabled = reader.Read(Enabled) };
}
