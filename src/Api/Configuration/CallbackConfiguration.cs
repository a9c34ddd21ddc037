using System.Net;
using Scalelite.BigBlueButton.Checksums;
using Scalelite.Workers.Configuration;

namespace Scalelite.Api.Configuration;

/// <summary>Calls that clients are owed.</summary>
internal static class CallbackConfiguration
{
    public static readonly Setting<bool> DenyPrivate = SettingKinds.Boolean(
        "CALLBACK_DENY_PRIVATE", "URLs that clients give are not called where they lead to private addresses (10.0.0.0/8 and the like).");

    public static readonly Setting<IReadOnlyList<string>> Allowed = SettingKinds.List<string>(
        "CALLBACK_ALLOW", "host names, addresses and networks (`10.1.0.0/16`), separated by `,`",
        "Called although they would be refused: loopback, link-local and private addresses, the database and the nodes.",
        "moodle.internal,10.1.0.0/16", text => Hosts(text), "Callbacks:Allow");

    public static readonly Setting<TimeSpan> Timeout = SettingKinds.Seconds(
        "CALLBACK_TIMEOUT", 10, 0.1, 600, "The longest that a call may take.", "Callbacks:Timeout");

    public static readonly Setting<TimeSpan> RetryFor = SettingKinds.Hours(
        "CALLBACK_RETRY_FOR", 24, 0, 8760, "How long a call that failed is tried again, less and less often.", "Callbacks:RetryFor");

    public static readonly Setting<string> EndCallback = SettingKinds.Choice(
        "END_CALLBACK", Relay, [Relay, "pass"],
        "relay: nodes call us when a meeting ends (at PUBLIC_URL), and we call whom the client named with `meta_endCallbackUrl`. pass: nodes call them themselves.",
        "Callbacks:EndCallback");

    public static readonly Setting<string> Hooks = SettingKinds.Choice(
        "HOOKS", Relay, [Relay, "direct"],
        "relay: nodes call us with the events of hooks (`hooks/create`), and we call the clients, signed with their own secret. direct: nodes call them themselves, signed with the node's.",
        "Callbacks:Hooks");

    public static readonly Setting<string> HookChecksum = SettingKinds.Choice(
        "HOOKS_CHECKSUM_ALGORITHM", "sha1", ["sha1", "sha256", "sha384", "sha512"], "What the events of hooks are signed by, as bbb-webhooks' `checksumAlgorithm`.",
        "Callbacks:HooksChecksumAlgorithm");

    private const string Relay = "relay";

    public static IReadOnlyList<Setting> All => [EndCallback, Hooks, HookChecksum, DenyPrivate, Allowed, Timeout, RetryFor];

    public static CallbackSettings Read(SettingsReader reader) => new()
    {
        RelaysEnds = reader.Read(EndCallback) == Relay,
        RelaysHooks = reader.Read(Hooks) == Relay,
        HookChecksum = Enum.Parse<ChecksumAlgorithm>(reader.Read(HookChecksum), ignoreCase: true),
        DenyPrivate = reader.Read(DenyPrivate),
        Allowed = reader.Read(Allowed),
        Timeout = reader.Read(Timeout),
        RetryFor = reader.Read(RetryFor),
    };

    private static Parsed<IReadOnlyList<string>> Hosts(string text)
    {
        var hosts = text.Split(',', StringSplitOptions.TrimEntries);
        if (hosts.FirstOrDefault(host => !IPNetwork.TryParse(host, out _) && Uri.CheckHostName(host) == UriHostNameType.Unknown) is { } wrong)
            return Parsed<IReadOnlyList<string>>.Wrong($"'{wrong}' is none of them");
        return hosts.Select(host => host.ToLowerInvariant()).ToList();
    }
}
