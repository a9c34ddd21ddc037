using Npgsql;
using NpgsqlTypes;

namespace Scalelite.EventLog;

/// <summary>
/// The secrets of servers, tenants, meetings and callbacks, sealed in table <c>secret</c>. Writing gives a statement, so that a secret
/// is stored in the transaction of the events that bear its fingerprint; reading opens what is valid.
/// </summary>
/// <param name="database">Where the table is.</param>
/// <param name="secretKeyBase">SECRET_KEY_BASE.</param>
/// <param name="time">By which secrets end.</param>
public sealed class SecretVault(NpgsqlDataSource database, string secretKeyBase, TimeProvider? time = null)
{
    private const string Canary = "canary";
    private const string Columns = "owner, kind, n, fingerprint, sealed, valid_until";

    private readonly SecretSeal _seal = new(secretKeyBase);
    private readonly TimeProvider _time = time ?? TimeProvider.System;

    /// <summary>16 hex digits that tell secrets of a kind apart: for events and read models. Equal secrets have equal ones.</summary>
    public string Fingerprint(string kind, string plaintext) => _seal.Fingerprint(kind, plaintext);

    /// <summary>Seals a secret; <see cref="Store"/> makes the statement that stores it.</summary>
    public SealedSecret Seal(string owner, string kind, int n, string plaintext) =>
        new(owner, kind, n, _seal.Fingerprint(kind, plaintext), _seal.Seal(owner, kind, n, plaintext));

    /// <summary>Stores a secret, in place of one with the same owner, kind and n.</summary>
    public static QueuedSql Store(SealedSecret secret, DateTimeOffset? validUntil = null) => new(
        """
        insert into secret (owner, kind, n, fingerprint, sealed, valid_until) values (?, ?, ?, ?, ?, ?::timestamptz)
        on conflict (owner, kind, n) do update
        set fingerprint = excluded.fingerprint, sealed = excluded.sealed, valid_until = excluded.valid_until
        """,
        [secret.Owner, secret.Kind, secret.N, secret.Fingerprint, secret.Sealed, validUntil is { } until ? until.ToUniversalTime() : DBNull.Value]);

    /// <summary>Stores a secret as the next of its owner's; the ones before it end at <paramref name="othersValidUntil"/>, if not earlier.</summary>
    public static IReadOnlyList<QueuedSql> Rotate(SealedSecret next, DateTimeOffset othersValidUntil) =>
    [
        new(
            "update secret set valid_until = least(valid_until, ?) where owner = ? and kind = ? and n < ?",
            [othersValidUntil.ToUniversalTime(), next.Owner, next.Kind, next.N]),
        Store(next),
    ];

    /// <summary>Lets all secrets of an owner end at that time, if not earlier; of one kind, or of all where it is null.</summary>
    public static QueuedSql Retire(string owner, string? kind, DateTimeOffset validUntil) => kind is null
        ? new("update secret set valid_until = least(valid_until, ?) where owner = ?", [validUntil.ToUniversalTime(), owner])
        : new("update secret set valid_until = least(valid_until, ?) where owner = ? and kind = ?", [validUntil.ToUniversalTime(), owner, kind]);

    /// <summary>Lets one secret of an owner and kind end at that time, if not earlier.</summary>
    public static QueuedSql Retire(string owner, string kind, string fingerprint, DateTimeOffset validUntil) => new(
        "update secret set valid_until = least(valid_until, ?) where owner = ? and kind = ? and fingerprint = ?",
        [validUntil.ToUniversalTime(), owner, kind, fingerprint]);

    /// <summary>Removes the secrets of an owner and kind at once.</summary>
    public static QueuedSql Remove(string owner, string kind) => new("delete from secret where owner = ? and kind = ?", [owner, kind]);

    /// <summary>The valid secrets of an owner and kind, the newest first; empty if there is none.</summary>
    /// <exception cref="SecretUnopenableException">One does not open.</exception>
    public Task<IReadOnlyList<Secret>> OpenAsync(string owner, string kind, CancellationToken cancellation = default) =>
        OpenAsync("owner = $2 and kind = $3", cancellation, owner, kind);

    /// <summary>The valid secrets of a kind of these owners, by owner, each owner's newest first.</summary>
    /// <exception cref="SecretUnopenableException">One does not open.</exception>
    public Task<IReadOnlyList<Secret>> OpenAsync(IReadOnlyCollection<string> owners, string kind, CancellationToken cancellation = default) =>
        OpenAsync("owner = any($2) and kind = $3", cancellation, owners.ToArray(), kind);

    /// <summary>All valid secrets of a kind, by owner, each owner's newest first.</summary>
    /// <exception cref="SecretUnopenableException">One does not open.</exception>
    public Task<IReadOnlyList<Secret>> OpenAllAsync(string kind, CancellationToken cancellation = default) =>
        OpenAsync("kind = $2", cancellation, kind);

    /// <summary>The number for the next secret of an owner and kind, from 1.</summary>
    public async Task<int> NextNumberAsync(string owner, string kind, CancellationToken cancellation = default)
    {
        await using var command = database.CreateCommand("select coalesce(max(n), 0) + 1 from secret where owner = $1 and kind = $2");
        command.Parameters.AddWithValue(owner);
        command.Parameters.AddWithValue(kind);
        return (int)(await command.ExecuteScalarAsync(cancellation))!;
    }

    /// <summary>Deletes up to <paramref name="limit"/> secrets that have ended.</summary>
    /// <returns>How many.</returns>
    public async Task<int> DeleteExpiredAsync(int limit = 1000, CancellationToken cancellation = default)
    {
        await using var command = database.CreateCommand(
            "delete from secret where ctid in (select ctid from secret where valid_until <= $1 limit $2 for update skip locked)");
        command.Parameters.AddWithValue(_time.GetUtcNow());
        command.Parameters.AddWithValue(limit);
        return await command.ExecuteNonQueryAsync(cancellation);
    }

    /// <summary>Opens the canary; lays one down in a database that has no secrets yet. For the start of the program.</summary>
    /// <exception cref="SecretUnopenableException">This database's secrets were sealed under another SECRET_KEY_BASE.</exception>
    public async Task CheckKeyAsync(CancellationToken cancellation = default)
    {
        // Only where nothing is sealed yet: else a wrong key would lay its own canary beside secrets that it cannot open.
        await using (var lay = database.CreateCommand(
            """
            insert into secret (owner, kind, n, fingerprint, sealed)
            select $1, $1, 0, $2, $3 where not exists (select 1 from secret)
            on conflict do nothing
            """))
        {
            var canary = Seal(Canary, Canary, 0, Canary);
            lay.Parameters.AddWithValue(Canary);
            lay.Parameters.AddWithValue(canary.Fingerprint);
            lay.Parameters.AddWithValue(canary.Sealed);
            await lay.ExecuteNonQueryAsync(cancellation);
        }

        await using var read = database.CreateCommand($"select {Columns} from secret order by (kind = '{Canary}') desc limit 1");
        await using var row = await read.ExecuteReaderAsync(cancellation);
        if (!await row.ReadAsync(cancellation)) return;
        try
        {
            Open(row);
        }
        catch (SecretUnopenableException e)
        {
            throw new SecretUnopenableException(
                "SECRET_KEY_BASE is not the one that the secrets in this database were sealed under. Set the one that was used before; "
                + "if it is lost, the secrets are too: empty table secret, and enter them anew", e);
        }
    }

    private async Task<IReadOnlyList<Secret>> OpenAsync(string where, CancellationToken cancellation, params object[] values)
    {
        await using var command = database.CreateCommand(
            $"select {Columns} from secret where (valid_until is null or valid_until > $1) and {where} order by owner, n desc");
        command.Parameters.Add(new NpgsqlParameter { Value = _time.GetUtcNow(), NpgsqlDbType = NpgsqlDbType.TimestampTz });
        foreach (var value in values) command.Parameters.AddWithValue(value);
        await using var row = await command.ExecuteReaderAsync(cancellation);
        var secrets = new List<Secret>();
        while (await row.ReadAsync(cancellation))
        {
            secrets.Add(Open(row));
        }

        return secrets;
    }

    private Secret Open(NpgsqlDataReader row)
    {
        var (owner, kind, n) = (row.GetString(0), row.GetString(1), row.GetInt32(2));
        return new Secret(
            owner, kind, n, row.GetString(3), _seal.Open(owner, kind, n, row.GetFieldValue<byte[]>(4)), row.IsDBNull(5) ? null : row.GetFieldValue<DateTimeOffset>(5));
    }
}
