namespace Scalelite.Domain.AdminTokens;

/// <summary>A bearer token of the admin API (stream <c>token-{id}</c>). Every token expires. Its events are in AdminTokenEvents.cs.</summary>
public sealed partial record AdminToken(Guid TokenId, string Name, AdminRole Role, string Hash, DateTimeOffset ExpiresAt, bool Revoked = false)
{
    private const int LongestName = 64;

    private const int HashLength = 64;

    private static readonly TimeSpan ShortestLife = TimeSpan.FromMinutes(1);

    private static readonly TimeSpan LongestLife = TimeSpan.FromDays(3650);

    public static AdminToken Create(AdminTokenIssued e) => new(e.TokenId, e.Name, e.Role, e.Hash, e.ExpiresAt);

    public AdminToken Apply(AdminTokenRevoked _) => this with { Revoked = true };

    /// <summary>Lets somebody in for a while. Two tokens may have one name, so that one can follow the other without a gap.</summary>
    /// <param name="hash">SHA-256 of the token in hex.</param>
    /// <param name="life">From a minute to ten years.</param>
    public static Decision Issue(Guid tokenId, string name, AdminRole role, string hash, TimeSpan life, DateTimeOffset at) =>
        !IsName(name) ? Decision.Refuse($"'{name}' is no name for a token: up to {LongestName} letters, digits, '.', '-', '_' and '@'")
        : hash.Length != HashLength || !hash.All(char.IsAsciiHexDigit) ? Decision.Refuse("A token is known by its SHA-256")
        : life < ShortestLife || life > LongestLife ? Decision.Refuse($"A token lives from a minute to {LongestLife.Days} days")
        : Decision.Of(new AdminTokenIssued(tokenId, name, role, hash, at + life, at));

    /// <summary>Lets it in no more.</summary>
    public Decision Revoke(DateTimeOffset at) => Revoked ? Decision.Nothing : Decision.Of(new AdminTokenRevoked(TokenId, at));

    // It stands in the actor of events and in lines of the log.
    private static bool IsName(string name) =>
        name.Length is > 0 and <= LongestName && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_' or '@');
}
