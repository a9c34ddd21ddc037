using Scalelite.BigBlueButton.Nodes;
using Scalelite.Domain.Parameters;
using Scalelite.Workers.Tenants;

namespace Scalelite.Api.Tenants;

/// <summary>What a tenant adds to one of its creates.</summary>
/// <param name="tokens">Where a token for its learning record store comes from, if it needs one.</param>
internal sealed class TenantAdditions(RequestTenant tenant, LrsTokens tokens)
{
    /// <summary>The longest that a create waits for its tenant's learning record store.</summary>
    private static readonly TimeSpan LrsWait = TimeSpan.FromSeconds(2);

    // Asked for while the meeting is placed: who has to wait for it waits less.
    private readonly Task<string?>? token = tenant.Lrs is { TokenUrl: not null } lrs ? tokens.FindAsync(lrs, LrsWait) : null;

    /// <summary>Whose meeting it is; nothing without multitenancy.</summary>
    public CreateAdditions Names => tenant.Id.Length == 0 ? new CreateAdditions() : new CreateAdditions(TenantId: tenant.Id, TenantName: tenant.Name);

    /// <summary>Also what the node needs to report to the tenant's learning record store, which only it can read; nothing where that is not there in time.</summary>
    /// <param name="node">Null where its secret is lost.</param>
    public async Task<CreateAdditions> ForAsync(NodeAddress? node) => Names with
    {
        LrsPayload = node is null || tenant.Lrs is not { } lrs ? null
            : token is null ? LrsPayload.OfUser(lrs.Endpoint, lrs.Credentials.UserName, lrs.Credentials.Password, node.Secret)
            : await token is { } text ? LrsPayload.OfToken(lrs.Endpoint, text, node.Secret)
            : null,
    };
}
