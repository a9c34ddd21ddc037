using Npgsql;
using Scalelite.Domain.AdminTokens;

namespace Scalelite.Projections.AdminTokens;

/// <summary>A token of the admin API as the read models know it.</summary>
/// <param name="Hash">SHA-256 of the token, in hex.</param>
/// <param name="RevokedAt">Null where nobody took it back.</param>
public sealed record ListedToken(
    Guid Id, string Name, AdminRole Role, string Hash, DateTimeOffset IssuedAt, DateTimeOffset ExpiresAt, DateTimeOffset? RevokedAt)
{
    /// <summary>It lets in: neither revoked nor expired.</summary>
    public bool IsLive(DateTimeOffset at) => RevokedAt is null && ExpiresAt > at;

    /// <summary>A role as tables and people spell it.</summary>
    public static string NameOf(AdminRole role) => role switch
    {
        AdminRole.Viewer => "viewer",
        AdminRole.Operator => "operator",
        _ => "admin",
    };

    /// <summary>Reads <c>viewer</c>, <c>operator</c>, <c>admin</c>.</summary>
    public static AdminRole ReadRole(string role) => role switch
    {
        "viewer" => AdminRole.Viewer,
        "operator" => AdminRole.Operator,
        "admin" => AdminRole.Admin,
        _ => throw new InvalidOperationException($"A token's role is '{role}'"),
    };
}

/// <summary>Reads the tokens of the admin API.</summary>
public sealed class AdminTokenList(NpgsqlDataSource database)
{
    private const string Select = "select id, name, role, hash, issued_at, expires_at, revoked_at from admin_token";

    /// <summary>All that ever were, the latest first.</summary>
    public Task<IReadOnlyList<ListedToken>> ListAsync(CancellationToken cancellation) =>
        ReadAsync(database.CreateCommand($"{Select} order by issued_at desc, id"), cancellation);

    /// <summary>Those that are neither revoked nor, at that time, expired.</summary>
    public Task<IReadOnlyList<ListedToken>> ListLiveAsync(DateTimeOffset at, CancellationToken cancellation)
    {
        var command = database.CreateCommand($"{Select} where revoked_at is null and expires_at > $1");
        command.Parameters.AddWithValue(at.ToUniversalTime());
        return ReadAsync(command, cancellation);
    }

    /// <summary>One token; null where there is none.</summary>
    public async Task<ListedToken?> FindAsync(Guid id, CancellationToken cancellation)
    {
        var command = database.CreateCommand($"{Select} where id = $1");
        command.Parameters.AddWithValue(id);
        return await ReadAsync(command, cancellation) is [var found, ..] ? found : null;
    }

    private static async Task<IReadOnlyList<ListedToken>> ReadAsync(NpgsqlCommand command, CancellationToken cancellation)
    {
        await using var _ = command;
        await using var row = await command.ExecuteReaderAsync(cancellation);
        var tokens = new List<ListedToken>();
        while (await row.ReadAsync(cancellation))
        {
            tokens.Add(new ListedToken(
                row.GetGuid(0), row.GetString(1), ListedToken.ReadRole(row.GetString(2)), row.GetString(3), row.GetFieldValue<DateTimeOffset>(4),
                row.GetFieldValue<DateTimeOffset>(5), row.IsDBNull(6) ? null : row.GetFieldValue<DateTimeOffset>(6)));
        }

        return tokens;
    }
}
