using Npgsql;

namespace Scalelite.Projections.Analytics;

/// <summary>Roles of PostgreSQL that see the schema <c>analytics</c> and, of this database's tables, nothing else.</summary>
public sealed class AnalyticsRoles(NpgsqlDataSource database)
{
    /// <summary>Lets the role read the views, those of later versions too.</summary>
    /// <param name="create">Makes the role first, for logging in.</param>
    /// <param name="password">Of the role that is made; only what proves it is sent and kept (SCRAM-SHA-256). Null: it has none yet.</param>
    /// <returns>What the role may read besides: tables that somebody granted to it or to everybody.</returns>
    /// <exception cref="AnalyticsRoleException">The role reads everything anyway, or does not exist; the message says which.</exception>
    public async Task<IReadOnlyList<string>> GrantAsync(string role, bool create, string? password, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        var name = Quote(role);
        if (create)
        {
            var proof = password is null ? "" : $" password '{ScramVerifier.Of(password)}'";
            await RunAsync(
                connection,
                $"""
                create role {name} login nosuperuser nocreatedb nocreaterole{proof};
                alter role {name} set default_transaction_read_only = on;
                alter role {name} set search_path = {AnalyticsSchema.Name};
                alter role {name} set timezone = 'UTC'
                """,
                cancellation);
        }

        await CheckAsync(connection, role, cancellation);
        await RunAsync(
            connection,
            $"""
            grant usage on schema {AnalyticsSchema.Name} to {name};
            grant select on all tables in schema {AnalyticsSchema.Name} to {name};
            alter default privileges in schema {AnalyticsSchema.Name} grant select on tables to {name}
            """,
            cancellation);
        var besides = await NamesAsync(
            connection,
            """
            select format('%I.%I', n.nspname, c.relname)
            from pg_class c join pg_namespace n on n.oid = c.relnamespace
            where c.relkind in ('r', 'p', 'v', 'm', 'f') and n.nspname not in ($2, 'pg_catalog', 'information_schema') and n.nspname not like 'pg\_%'
              and has_schema_privilege($1, n.oid, 'usage') and has_any_column_privilege($1, c.oid, 'select')
            order by 1
            """,
            cancellation,
            role,
            AnalyticsSchema.Name);
        await transaction.CommitAsync(cancellation);
        return besides;
    }

    /// <summary>Takes that back; the role itself stays.</summary>
    public async Task RevokeAsync(string role, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        var name = Quote(role);
        await RunAsync(
            connection,
            $"""
            alter default privileges in schema {AnalyticsSchema.Name} revoke select on tables from {name};
            revoke select on all tables in schema {AnalyticsSchema.Name} from {name};
            revoke usage on schema {AnalyticsSchema.Name} from {name}
            """,
            cancellation);
        await transaction.CommitAsync(cancellation);
    }

    private static async Task CheckAsync(NpgsqlConnection connection, string role, CancellationToken cancellation)
    {
        var reads = await NamesAsync(
            connection,
            """
            select case when rolsuper then 'it is a superuser' when pg_has_role(oid, current_user, 'member') then 'it is a member of ' || current_user else '' end
            from pg_roles where rolname = $1
            """,
            cancellation,
            role);
        if (reads.Count == 0) throw new AnalyticsRoleException($"There is no role {role}; --create makes it");
        if (reads[0].Length > 0) throw new AnalyticsRoleException($"The role {role} reads everything: {reads[0]}");
    }

    private static async Task RunAsync(NpgsqlConnection connection, string sql, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(cancellation);
    }

    private static async Task<List<string>> NamesAsync(
        NpgsqlConnection connection, string sql, CancellationToken cancellation, params string[] values)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        foreach (var value in values) command.Parameters.AddWithValue(value);
        await using var row = await command.ExecuteReaderAsync(cancellation);
        var names = new List<string>();
        while (await row.ReadAsync(cancellation)) names.Add(row.GetString(0));
        return names;
    }

    private static string Quote(string name) => $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
}

/// <summary>A role that cannot be an analyst's; the message says why.</summary>
public sealed class AnalyticsRoleException(string message) : Exception(message);
