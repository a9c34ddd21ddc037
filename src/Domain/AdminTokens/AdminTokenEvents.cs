namespace Scalelite.Domain.AdminTokens;

/// <summary>Somebody may call <c>/admin/api/v1</c> with a token.</summary>
/// <param name="TokenId">A UUID v7.</param>
/// <param name="Name">Who or what calls: the actor of its changes is <c>token:{name}</c>.</param>
/// <param name="Hash">SHA-256 of the token, 64 hex digits; the token itself is told once and kept nowhere.</param>
public sealed record AdminTokenIssued(Guid TokenId, string Name, AdminRole Role, string Hash, DateTimeOffset ExpiresAt, DateTimeOffset At);

/// <summary>The token is not taken any more.</summary>
public sealed record AdminTokenRevoked(Guid TokenId, DateTimeOffset At);

/// <summary>What a token is good for. Each may do what those before it may.</summary>
public enum AdminRole
{
    /// <summary>Reads.</summary>
    Viewer,

    /// <summary>Runs the pool: states of servers, panic, ends of meetings, retries.</summary>
    Operator,

    /// <summary>Says what the pool is: servers, tenants, secrets, settings, tokens.</summary>
    Admin,
}
