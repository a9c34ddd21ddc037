using Scalelite.BigBlueButton.Checksums;
using Scalelite.Workers.Configuration;

namespace Scalelite.Api.Configuration;

/// <summary>Secrets and checksums.</summary>
internal static class SecurityConfiguration
{
    public static readonly Setting<string?> Secret = SettingKinds.Optional<string>(
        "LOADBALANCER_SECRET", "a text without spaces",
        "The secret that clients (Moodle, Greenlight) sign their calls with. `serve` needs it or LOADBALANCER_SECRETS.",
        "5f4dcc3b5aa765d61d8327deb882cf99", WithoutSpaces, isSecret: true);

    public static readonly Setting<IReadOnlyList<string>> MoreSecrets = SettingKinds.List<string>(
        "LOADBALANCER_SECRETS", "texts without spaces, separated by `:`",
        "More secrets that clients may sign with, for example one for each application, or the next one during a change.",
        "first-secret:second-secret", text => SplitSecrets(text), isSecret: true);

    public static readonly Setting<ChecksumAlgorithms?> Algorithms = new(
        "LOADBALANCER_CHECKSUM_ALGORITHM", null, "all, SHA256 outgoing", "SHA1, SHA256, SHA384, SHA512, separated by `:`",
        "What clients may sign with. Calls to nodes are signed with the strongest of them; where it is not set all are allowed and SHA256 is used.",
        "SHA256:SHA512", IsSecret: false, Fallback: null,
        text => ChecksumAlgorithms.TryParse(text, out var algorithms) ? algorithms : Parsed<ChecksumAlgorithms?>.Wrong());

    public static readonly Setting<string?> SecretKeyBase = SettingKinds.Optional<string>(
        "SECRET_KEY_BASE", "a text of 30 characters or more, `openssl rand -hex 64`",
        "The keys that seal the nodes' secrets in the database are derived from it. With another one the process does not start.",
        "b0e1a7d4c9f2835e6a1b7c8d9e0f1a2b3c4d5e6f", text => text.Length >= 30 ? text : Parsed<string?>.Wrong("it is too short"), isSecret: true);

    public static readonly Setting<TimeSpan> RetiredSecretDays = SettingKinds.Days(
        "RETIRED_SECRET_DAYS", 14, 0, 3650,
        "How long a removed server's secret stays valid for uploads and analytics.", "Servers:RetiredSecretDays");

    public static IReadOnlyList<Setting> All => [Secret, MoreSecrets, Algorithms, SecretKeyBase, RetiredSecretDays];

    public static SecuritySettings Read(SettingsReader reader, Needs needs)
    {
        if (needs.HasFlag(Needs.SealedSecrets)) reader.Require(SecretKeyBase, "this command");
        if (needs.HasFlag(Needs.LoadBalancerSecret) && !reader.IsSet(MoreSecrets)) reader.Require(Secret, "this command");
        var first = reader.Read(Secret);
        var more = reader.Read(MoreSecrets);
        var algorithms = reader.Read(Algorithms);
        return new SecuritySettings
        {
            LoadBalancerSecrets = [.. (first is null ? more : [first, .. more]).Distinct()],
            AllowedAlgorithms = algorithms ?? ChecksumAlgorithms.All,
            OutgoingAlgorithm = algorithms?.Strongest ?? ChecksumAlgorithm.Sha256,
            SecretKeyBase = reader.Read(SecretKeyBase) ?? "",
            RetiredSecrets = reader.Read(RetiredSecretDays),
        };
    }

    public static Parsed<string?> WithoutSpaces(string text) => text.Any(char.IsWhiteSpace) ? Parsed<string?>.Wrong("it contains a space") : text;

    private static Parsed<IReadOnlyList<string>> SplitSecrets(string text)
    {
        // Colons at the end say nothing, as with Scalelite.
        var secrets = text.TrimEnd(':').Split(':');
        if (secrets.Any(s => s.Length == 0)) return Parsed<IReadOnlyList<string>>.Wrong("one of them is empty");
        return secrets.Any(s => s.Any(char.IsWhiteSpace)) ? Parsed<IReadOnlyList<string>>.Wrong("one of them contains a space") : secrets;
    }
}
