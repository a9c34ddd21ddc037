using Npgsql;

namespace Scalelite.EventStore;

/// <summary>The tables that events lie in: Marten's own, name by name, so that either flavour reads what the other wrote.</summary>
public static class EventTables
{
    // The key of the advisory lock under which the tables are made: "mt_tables" as a number that nobody else draws.
    private const long SetUpLock = 0x6d745f7461626c65;

    /// <summary>SQL that creates the tables in the first schema of the search path. It may run any number of times.</summary>
    public static string Sql { get; } = Read("mt_streams.sql") + "\n" + Read("mt_events.sql");

    /// <summary>Creates what is missing, in one transaction and under an advisory lock, so that any number of instances may start at once.</summary>
    public static async Task CreateAsync(NpgsqlDataSource database, CancellationToken cancellation = default)
    {
        await using var batch = database.CreateBatch();
        batch.BatchCommands.Add(new NpgsqlBatchCommand("select pg_advisory_xact_lock($1)") { Parameters = { new() { Value = SetUpLock } } });
        foreach (var statement in Sql.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
            batch.BatchCommands.Add(new NpgsqlBatchCommand(statement));
        await batch.ExecuteNonQueryAsync(cancellation);
    }

    private static string Read(string file)
    {
        using var stream = typeof(EventTables).Assembly.GetManifestResourceStream($"Scalelite.EventStore.Tables.{file}")!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
