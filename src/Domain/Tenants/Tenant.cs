using System.Collections.Immutable;

namespace Scalelite.Domain.Tenants;

/// <summary>A parameter that a tenant sets for its creates and joins.</summary>
public sealed record TenantSetting(string SettingId, string Param, string Value, bool Override);

/// <summary>
/// A client organisation that sees its own meetings and recordings only (stream <c>tenant-{id}</c>). Its events are in TenantEvents.cs.
/// That no two bear one name is the read model's to say: streams cannot see each other.
/// </summary>
public sealed partial record Tenant(
    string TenantId,
    string Name,
    IReadOnlyList<string> SecretFingerprints,
    bool Enabled = true,
    int? MeetingQuota = null,
    int? UserQuota = null,
    int? RetentionDays = null,
    string? LrsFingerprint = null,
    string? LrsEndpoint = null,
    string? LrsTokenUrl = null,
    bool Removed = false)
{
    // Far more than anybody needs, and few enough that a request's settings are walked through in no time.
    private const int MostSettings = 200;

    private const int LongestValue = 4096;

    private const int LongestParam = 128;

    // These decide which meeting a call is about and whether it may be made: no setting changes them.
    private static readonly string[] Untouchable = ["checksum", "meetingID"];

    /// <summary>By their ids.</summary>
    public ImmutableDictionary<string, TenantSetting> Settings { get; init; } = ImmutableDictionary<string, TenantSetting>.Empty.WithComparers(StringComparer.Ordinal);

    public static Tenant Create(TenantAdded e) => new(e.TenantId, e.Name ?? e.TenantId, e.SecretFingerprints);

    public Tenant Apply(TenantRenamed e) => this with { Name = e.Name ?? e.TenantId };

    public Tenant Apply(TenantSecretRotated e) => this with { SecretFingerprints = e.SecretFingerprints };

    public Tenant Apply(TenantSettingSet e) =>
        this with { Settings = Settings.SetItem(e.SettingId, new TenantSetting(e.SettingId, e.Param, e.Value ?? "", e.Override)) };

    public Tenant Apply(TenantSettingCleared e) => this with { Settings = Settings.Remove(e.SettingId) };

    public Tenant Apply(TenantQuotaSet e) => this with { MeetingQuota = e.Meetings, UserQuota = e.Users };

    public Tenant Apply(TenantRetentionSet e) => this with { RetentionDays = e.Days };

    public Tenant Apply(TenantLrsSet e) =>
        this with { LrsFingerprint = e.CredentialsFingerprint, LrsEndpoint = e.Endpoint, LrsTokenUrl = e.TokenUrl };

    public Tenant Apply(TenantLrsCleared _) => this with { LrsFingerprint = null, LrsEndpoint = null, LrsTokenUrl = null };

    public Tenant Apply(TenantDisabled _) => this with { Enabled = false };

    public Tenant Apply(TenantEnabled _) => this with { Enabled = true };

    public Tenant Apply(TenantRemoved _) => this with { Removed = true };

    /// <summary>Adds a tenant, enabled.</summary>
    /// <param name="secretFingerprints">At least one.</param>
    public static Decision Add(string tenantId, string name, IReadOnlyList<string> secretFingerprints, DateTimeOffset at) =>
        !Guid.TryParseExact(tenantId, "D", out _) ? Decision.Refuse($"'{tenantId}' is not a tenant id, which is a UUID")
        : (TenantName.WhyNot(name) ?? WrongSecrets(secretFingerprints)) is { } wrong ? Decision.Refuse(wrong)
        : Decision.Of(new TenantAdded(tenantId, name, secretFingerprints, at));

    /// <summary>Gives it another name.</summary>
    public Decision Rename(string name, DateTimeOffset at) =>
        TenantName.WhyNot(name) is { } wrong ? Decision.Refuse(wrong) : When(name != Name, new TenantRenamed(TenantId, name, at));

    /// <summary>Says which secrets its clients may sign with from now on.</summary>
    public Decision RotateSecrets(IReadOnlyList<string> fingerprints, DateTimeOffset at) =>
        WrongSecrets(fingerprints) is { } wrong
            ? Decision.Refuse(wrong)
            : When(!fingerprints.SequenceEqual(SecretFingerprints), new TenantSecretRotated(TenantId, fingerprints, at));

    /// <summary>Sets a parameter; where it is set already, as an override or as a default like this one, its value changes.</summary>
    /// <param name="newId">The id of the setting if it is a new one.</param>
    public Decision Set(string newId, string param, string value, bool @override, DateTimeOffset at)
    {
        if (WrongSetting(param, value) is { } wrong) return Decision.Refuse(wrong);
        var known = Settings.Values.FirstOrDefault(setting => setting.Param == param && setting.Override == @override);
        return known is null && Settings.Count >= MostSettings
            ? Decision.Refuse($"A tenant has {MostSettings} settings at most")
            : When(known?.Value != value, new TenantSettingSet(TenantId, known?.SettingId ?? newId, param, value, @override, at));
    }

    /// <summary>Takes a setting away.</summary>
    public Decision Clear(string settingId, DateTimeOffset at) =>
        !Removed && !Settings.ContainsKey(settingId)
            ? Decision.Refuse($"Tenant {TenantId} has no setting with id={settingId}")
            : When(true, new TenantSettingCleared(TenantId, settingId, at));

    /// <summary>Limits its meetings and users; null lifts a limit.</summary>
    public Decision Limit(int? meetings, int? users, DateTimeOffset at) =>
        meetings is < 0 || users is < 0
            ? Decision.Refuse("A quota is a whole number from 0")
            : When((meetings, users) != (MeetingQuota, UserQuota), new TenantQuotaSet(TenantId, meetings, users, at));

    /// <summary>Says how long its recordings are kept; null leaves it to RECORDING_RETENTION_DAYS.</summary>
    public Decision Keep(int? days, DateTimeOffset at) =>
        days is < 1 or > 36_500
            ? Decision.Refuse("Recordings are kept from 1 to 36500 days")
            : When(days != RetentionDays, new TenantRetentionSet(TenantId, days, at));

    /// <summary>Gives it a learning record store.</summary>
    public Decision SetLrs(string endpoint, string? tokenUrl, string credentialsFingerprint, DateTimeOffset at) =>
        (WrongUrl(endpoint) ?? (tokenUrl is null ? null : WrongUrl(tokenUrl))) is { } wrong
            ? Decision.Refuse(wrong)
            : When(
                (endpoint, tokenUrl, credentialsFingerprint) != (LrsEndpoint, LrsTokenUrl, LrsFingerprint),
                new TenantLrsSet(TenantId, endpoint, tokenUrl, credentialsFingerprint, at));

    /// <summary>Takes its learning record store away.</summary>
    public Decision ClearLrs(DateTimeOffset at) => When(LrsEndpoint is not null, new TenantLrsCleared(TenantId, at));

    /// <summary>Refuses its creates and joins from now on.</summary>
    public Decision Disable(DateTimeOffset at) => When(Enabled, new TenantDisabled(TenantId, at));

    /// <summary>Takes its creates and joins again.</summary>
    public Decision Enable(DateTimeOffset at) => When(!Enabled, new TenantEnabled(TenantId, at));

    /// <summary>Takes it out.</summary>
    public Decision Remove(DateTimeOffset at) => When(true, new TenantRemoved(TenantId, at));

    private Decision When(bool changes, object @event) =>
        Removed ? Decision.Refuse($"Tenant {TenantId} was removed") : changes ? Decision.Of(@event) : Decision.Nothing;

    private static string? WrongSecrets(IReadOnlyList<string> fingerprints) =>
        fingerprints.Count == 0 ? "A tenant needs a secret"
        : fingerprints.Distinct(StringComparer.Ordinal).Count() < fingerprints.Count ? "A secret of the tenant is given twice"
        : null;

    private static string? WrongSetting(string param, string value) =>
        param.Length is 0 or > LongestParam || param.Any(c => char.IsControl(c) || char.IsWhiteSpace(c) || c is '=' or '&')
            ? $"'{param}' is no parameter's name"
        : Untouchable.Contains(param, StringComparer.OrdinalIgnoreCase) ? $"'{param}' cannot be changed by a setting"
        : value.Length > LongestValue || value.Contains('\0', StringComparison.Ordinal) ? $"A setting's value has up to {LongestValue} characters and no NUL"
        : null;

    private static string? WrongUrl(string url) =>
        Uri.TryCreate(url, UriKind.Absolute, out var uri) && (uri.Scheme == Uri.UriSchemeHttp || uri.Scheme == Uri.UriSchemeHttps)
            && uri.UserInfo.Length == 0 && !url.Any(c => char.IsControl(c) || char.IsWhiteSpace(c))
            ? null
            : $"'{url}' is not a URL that starts with http:// or https:// and holds no password";
}
