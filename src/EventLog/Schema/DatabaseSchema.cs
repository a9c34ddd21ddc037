using System.Security.Cryptography;
using System.Text;
using Npgsql;

namespace Scalelite.EventLog;

/// <summary>Sets the database up: runs all scripts in their order, in one transaction, one program at a time.</summary>
public static class DatabaseSchema
{
    /// <summary>The version of the schema that this program wants. It is raised when an older program could not work on the newer schema.</summary>
    public const int Version = 1;

    // The key of the advisory lock: "scschema" as a number that nobody else draws.
    private const long Lock = 0x7363736368656d61;

    /// <summary>The scripts of this room: sealed secrets, the seals of the log.</summary>
    public static IReadOnlyList<SqlScript> Scripts { get; } =
    [
        SqlScript.Read(typeof(DatabaseSchema).Assembly, "Secrets.secret.sql"),
        SqlScript.Read(typeof(DatabaseSchema).Assembly, "Sealing.log_seal.sql"),
    ];

    /// <summary>
    /// Runs the scripts if this database has not seen them, all or none. Scripts that it has seen are not run again:
    /// even <c>create index if not exists</c> would wait for every writer.
    /// </summary>
    /// <returns>Whether they ran.</returns>
    /// <exception cref="DatabaseSchemaException">The schema is newer than this program, or a script fails.</exception>
    public static async Task<bool> InstallAsync(
        NpgsqlDataSource database, IReadOnlyList<SqlScript> scripts, int version = Version, CancellationToken cancellation = default)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        await using (var prepare = new NpgsqlBatch(connection, transaction)
        {
            BatchCommands =
            {
                new("select pg_advisory_xact_lock($1)") { Parameters = { new() { Value = Lock } } },
                // "Already exists, skipping" is what idempotent means: nothing to tell the operator.
                new("set local client_min_messages = warning"),
                new(SqlScript.Read(typeof(DatabaseSchema).Assembly, "Schema.schema_version.sql").Sql),
            },
        })
        {
            await prepare.ExecuteNonQueryAsync(cancellation);
        }

        var fingerprint = FingerprintOf(scripts);
        if (await InstalledAsync(connection, cancellation) is { } installed)
        {
            if (installed.Version > version)
            {
                throw new DatabaseSchemaException(
                    $"The database has schema {installed.Version}, this program knows schema {version}: a newer Scalelite.EventSourced was here. Run that version or a later one");
            }

            if (installed == (version, fingerprint)) return false;
        }

        foreach (var script in scripts)
        {
            await RunAsync(connection, script, cancellation);
        }

        await using var seen = new NpgsqlCommand(
            """
            insert into schema_version (version, fingerprint) values ($1, $2)
            on conflict (version) do update set fingerprint = excluded.fingerprint, installed_at = now()
            """,
            connection)
        {
            Parameters = { new() { Value = version }, new() { Value = fingerprint } },
        };
        await seen.ExecuteNonQueryAsync(cancellation);
        await transaction.CommitAsync(cancellation);
        return true;
    }

    private static async Task<(int Version, string Fingerprint)?> InstalledAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        await using var read = new NpgsqlCommand("select version, fingerprint from schema_version order by version desc limit 1", connection);
        await using var row = await read.ExecuteReaderAsync(cancellation);
        return await row.ReadAsync(cancellation) ? (row.GetInt32(0), row.GetString(1)) : null;
    }

    private static async Task RunAsync(NpgsqlConnection connection, SqlScript script, CancellationToken cancellation)
    {
        try
        {
            await using var command = new NpgsqlCommand(script.Sql, connection);
            await command.ExecuteNonQueryAsync(cancellation);
        }
        catch (PostgresException e)
        {
            throw new DatabaseSchemaException($"The schema script '{script.Name}' failed: {e.MessageText}", e);
        }
    }

    private static string FingerprintOf(IReadOnlyList<SqlScript> scripts) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\0', scripts.Select(script => $"{script.Name}\0{script.Sql}")))))[..16];
}

/// <summary>The database cannot be set up; the message says why and what to do.</summary>
public sealed class DatabaseSchemaException(string message, Exception? inner = null) : Exception(message, inner);
