using Scalelite.Domain.Parameters;
using Scalelite.Workers.Tenants;

namespace Scalelite.Api.Tenants;

/// <summary>The tenant of a request. Without multitenancy there is one, whose id and name are empty. Not a record: it holds secrets.</summary>
internal sealed class RequestTenant
{
    /// <summary>A UUID; empty without multitenancy.</summary>
    public required string Id { get; init; }

    /// <summary>The label of the host; empty without multitenancy.</summary>
    public required string Name { get; init; }

    /// <summary>It may create and join.</summary>
    public bool Enabled { get; init; } = true;

    /// <summary>What its clients may sign with.</summary>
    public required IReadOnlyList<string> Secrets { get; init; }

    /// <summary>Of <see cref="Secrets"/>, in their order, under kind <see cref="TenantSecrets.Kind"/>; empty without multitenancy.</summary>
    public IReadOnlyList<string> SecretFingerprints { get; init; } = [];

    /// <summary>Its settings for creates.</summary>
    public ParameterSettings Create { get; init; } = ParameterSettings.None;

    /// <summary>Its settings for joins.</summary>
    public ParameterSettings Join { get; init; } = ParameterSettings.None;

    /// <summary>Its learning record store; null without one.</summary>
    public Lrs? Lrs { get; init; }
}
