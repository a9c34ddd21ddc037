using System.ComponentModel;

namespace Scalelite.Api.AdminV1;

/// <summary>A tenant to be added.</summary>
internal sealed record NewTenant(
    [property: Description("The first label of the host that its clients call")] string Name,
    [property: WriteOnly, Description("What its clients may sign with, each without white space and ':'")] IReadOnlyList<string> Secrets,
    [property: Description("Without it one is made")] Guid? Id = null);

/// <summary>What is to be changed of a tenant.</summary>
internal sealed record TenantChanges(
    string? Name = null,
    [property: WriteOnly, Description("All that its clients may sign with from now on; a rotation without a gap names the new one beside the old one")]
    IReadOnlyList<string>? Secrets = null);

/// <summary>Whether a tenant may create and join.</summary>
internal sealed record TenantState(bool Enabled);

/// <summary>How many meetings and users a tenant may have at once.</summary>
internal sealed record Quota(int? Meetings, int? Users);

/// <summary>How long a tenant's recordings are kept.</summary>
internal sealed record Retention(int? Days);

/// <summary>A learning record store.</summary>
internal sealed record LrsWanted(
    string Endpoint,
    string UserName,
    [property: WriteOnly] string Password,
    [property: Description("Of the OIDC server that gives tokens by password grant; with client_id and client_secret")] string? TokenUrl = null,
    string? ClientId = null,
    [property: WriteOnly] string? ClientSecret = null);

/// <summary>A parameter to be set.</summary>
internal sealed record WantedSetting(
    [property: Description("As it stands in a call: welcome, meta_server-tag")] string Param,
    string Value,
    [property: Description("It replaces what clients send; else it is a default")] bool Override = false);

/// <summary>A parameter that a tenant sets.</summary>
internal sealed record TenantSettingRow(string Id, string Param, string Value, bool Override);
