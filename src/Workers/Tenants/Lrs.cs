using System.Text.Json;
using System.Text.Json.Serialization;

namespace Scalelite.Workers.Tenants;

/// <summary>A tenant's learning record store. It is not a record with a printed form: credentials must not slip into a log.</summary>
public sealed class Lrs(string tenantId, string endpoint, string? tokenUrl, string fingerprint, LrsCredentials credentials)
{
    /// <summary>Whose it is.</summary>
    public string TenantId { get; } = tenantId;

    /// <summary>The store's URL.</summary>
    public string Endpoint { get; } = endpoint;

    /// <summary>Of the OIDC server that gives a token; null where the store takes name and password.</summary>
    public string? TokenUrl { get; } = tokenUrl;

    /// <summary>Of the credentials.</summary>
    public string Fingerprint { get; } = fingerprint;

    /// <summary>Name and password, and the client's where there is a token to be had.</summary>
    public LrsCredentials Credentials { get; } = credentials;
}

/// <summary>What opens a learning record store, or the OIDC server before it; sealed as JSON.</summary>
public sealed class LrsCredentials
{
    /// <summary>The user's name.</summary>
    [JsonPropertyName("username")]
    public required string UserName { get; init; }

    /// <summary>The user's password.</summary>
    [JsonPropertyName("password")]
    public required string Password { get; init; }

    /// <summary>The OIDC client's id; null without one.</summary>
    [JsonPropertyName("client_id")]
    public string? ClientId { get; init; }

    /// <summary>The OIDC client's secret; null without one.</summary>
    [JsonPropertyName("client_secret")]
    public string? ClientSecret { get; init; }

    /// <summary>As it is sealed.</summary>
    public string ToJson() => JsonSerializer.Serialize(this);

    /// <summary>Reads what <see cref="ToJson"/> wrote.</summary>
    public static LrsCredentials Read(string json) =>
        JsonSerializer.Deserialize<LrsCredentials>(json) ?? throw new InvalidOperationException("The credentials of an LRS are sealed as null");
}
