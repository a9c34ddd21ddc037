using Scalelite.Domain.AdminTokens;

namespace Scalelite.Projections.AdminTokens;

/// <summary>Fills <c>admin_token</c>: a row changes by its own stream alone.</summary>
public sealed class AdminTokenProjection : IProjection
{
    /// <inheritdoc/>
    public Task ApplyAsync(IDocumentOperations operations, IReadOnlyList<IEvent> events, CancellationToken cancellation)
    {
        foreach (var @event in events)
        {
            switch (@event.Data)
            {
                case AdminTokenIssued e:
                    operations.QueueSqlCommand(
                        "insert into admin_token (id, name, role, hash, issued_at, expires_at) values (?, ?, ?, ?, ?, ?)",
                        e.TokenId, e.Name, ListedToken.NameOf(e.Role), e.Hash, e.At.ToUniversalTime(), e.ExpiresAt.ToUniversalTime());
                    break;
                case AdminTokenRevoked e:
                    operations.QueueSqlCommand("update admin_token set revoked_at = ? where id = ?", e.At.ToUniversalTime(), e.TokenId);
                    break;
            }
        }

        return Task.CompletedTask;
    }
}
