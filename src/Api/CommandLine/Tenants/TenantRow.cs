using Scalelite.Projections.Tenants;

namespace Scalelite.Api.CommandLine.Tenants;

/// <summary>A tenant as commands print it. Never a secret.</summary>
/// <param name="Secrets">How many its clients may sign with.</param>
/// <param name="Lrs"><c>basic</c>, <c>token</c>; null without a learning record store.</param>
internal sealed record TenantRow(
    string Id,
    string Name,
    bool Enabled,
    int Secrets,
    int? MeetingQuota,
    int? UserQuota,
    int? RetentionDays,
    string? Lrs,
    string? LrsEndpoint,
    int Settings)
{
    public static TenantRow From(ListedTenant tenant) => new(
        tenant.Id,
        tenant.Name,
        tenant.Enabled,
        tenant.SecretFingerprints.Count,
        tenant.MeetingQuota,
        tenant.UserQuota,
        tenant.RetentionDays,
        tenant.LrsEndpoint is null ? null : tenant.LrsTokenUrl is null ? "basic" : "token",
        tenant.LrsEndpoint,
        tenant.Settings.Count);

    /// <summary>Every tenant, in the order in which they came.</summary>
    public static async Task<IReadOnlyList<TenantRow>> ListAsync(CommandScope scope, CancellationToken cancellation) =>
        [.. (await scope.Get<TenantList>().ListAsync(cancellation)).Select(From)];
}
