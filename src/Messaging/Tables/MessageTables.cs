using System.Security.Cryptography;
using System.Text;
using Npgsql;

namespace Scalelite.Messaging;

/// <summary>The tables of the message bus.</summary>
public static class MessageTables
{
    // The key of the advisory lock under which the tables are made: "messages" as a number that nobody else draws.
    private const long SetUpLock = 0x6d65737361676573;

    private static readonly string[] Order =
    [
        "message", "message_due", "message_dead_letter", "message_dead_letter_failed_at", "message_dead_letter_type",
        "acknowledge_message", "replay_dead_letters",
    ];

    /// <summary>The statements in the order to run them, each under its name; running them again changes nothing.</summary>
    public static IReadOnlyList<KeyValuePair<string, string>> Statements { get; } = [.. Order.Select(name => KeyValuePair.Create(name, Read(name)))];

    // Kept as the comment of the table: by it a start sees that there is nothing to do.
    private static string Fingerprint { get; } = "Messages that are due or will be; set up as "
        + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\0', Statements.Select(statement => statement.Value)))))[..16];

    /// <summary>
    /// Creates what is missing, in one transaction and under an advisory lock, so that any number of instances may start at once.
    /// Where nothing is missing it takes no lock: even <c>create index if not exists</c> would wait for every writer.
    /// </summary>
    public static async Task CreateAsync(NpgsqlDataSource database, CancellationToken cancellation = default)
    {
        await using var look = database.CreateCommand("select obj_description(to_regclass('message'), 'pg_class')");
        if (await look.ExecuteScalarAsync(cancellation).ConfigureAwait(false) as string == Fingerprint) return;

        await using var batch = database.CreateBatch();
        batch.BatchCommands.Add(new("select pg_advisory_xact_lock($1)") { Parameters = { new() { Value = SetUpLock } } });
        foreach (var (_, statement) in Statements) batch.BatchCommands.Add(new(statement));
        batch.BatchCommands.Add(new($"comment on table message is '{Fingerprint}'"));
        await batch.ExecuteNonQueryAsync(cancellation).ConfigureAwait(false);
    }

    private static string Read(string name)
    {
        var resource = $"Scalelite.Messaging.Tables.{name}.sql";
        using var stream = typeof(MessageTables).Assembly.GetManifestResourceStream(resource)
            ?? throw new InvalidOperationException($"The resource {resource} is missing from the build");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
