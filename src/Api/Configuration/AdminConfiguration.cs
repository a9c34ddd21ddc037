using Scalelite.Workers.Configuration;

namespace Scalelite.Api.Configuration;

/// <summary>The admin APIs: <c>/scalelite/api</c> and <c>/admin/api/v1</c>.</summary>
internal static class AdminConfiguration
{
    public static readonly Setting<string?> Secret = SettingKinds.Optional<string>(
        "LOADBALANCER_ADMIN_SECRET", "a text without spaces",
        "The secret that calls of the admin API are signed with, and nothing else. Where it is not set LOADBALANCER_SECRET is, so whoever has that may change the pool.",
        "0c9a1d2e7f3b4856a1b2c3d4e5f60718", SecurityConfiguration.WithoutSpaces, "Admin:Secret", isSecret: true);

    public static readonly Setting<bool> RequiresBodyHash = SettingKinds.Boolean(
        "ADMIN_API_REQUIRES_BODY_HASH", "A POST to the admin API is refused unless its query holds `bodyHash`, the SHA-256 of its body.",
        "Admin:RequiresBodyHash");

    public static readonly Setting<bool> ShowsSecrets = SettingKinds.Boolean(
        "ADMIN_API_SHOWS_SECRETS", "The admin API shows the nodes' secrets, as Scalelite does, instead of `********`.", "Admin:ShowsSecrets");

    public static readonly Setting<int> Rate = SettingKinds.Integer(
        "ADMIN_API_RATE", 600, 1, 1_000_000, "How many calls of `/admin/api/v1` a token may make in a minute, to each process; the next ones are answered 429.",
        "Admin:Rate");

    public static IReadOnlyList<Setting> All => [Secret, RequiresBodyHash, ShowsSecrets, Rate];

    public static AdminSettings Read(SettingsReader reader, SecuritySettings security, Needs needs)
    {
        var own = reader.Read(Secret);
        var ofClients = reader.IsSet(SecurityConfiguration.Secret) && security.LoadBalancerSecrets.Count > 0 ? security.LoadBalancerSecrets[0] : null;
        if (needs.HasFlag(Needs.LoadBalancerSecret) && Warning(own, ofClients, security) is { } warning) reader.Notice(warning);
        return new AdminSettings
        {
            Secret = own ?? ofClients,
            RequiresBodyHash = reader.Read(RequiresBodyHash),
            ShowsSecrets = reader.Read(ShowsSecrets),
            Rate = reader.Read(Rate),
        };
    }

    private static string? Warning(string? own, string? ofClients, SecuritySettings security) =>
        own is null && ofClients is null
            ? "LOADBALANCER_ADMIN_SECRET and LOADBALANCER_SECRET are not set: the admin API refuses every call"
        : own is null
            ? "LOADBALANCER_ADMIN_SECRET is not set: the admin API takes LOADBALANCER_SECRET, and whoever has that may change the pool"
        : security.LoadBalancerSecrets.Contains(own)
            ? "LOADBALANCER_ADMIN_SECRET is also a secret of the clients: whoever has it may change the pool"
        : null;
}
