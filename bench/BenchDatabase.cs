using Npgsql;
using Scalelite.EventLog;

namespace Scalelite.Bench;

/// <summary>A PostgreSQL of the benchmark's own, safe at a power cut as in production: <c>fsync</c> and <c>synchronous_commit</c> are on.</summary>
internal sealed class BenchDatabase(PrivateCluster cluster) : IAsyncDisposable
{
    /// <param name="kept">The folder of a cluster that stays for the next run; null: one that is removed at the end.</param>
    public static async Task<BenchDatabase> StartAsync(string? kept = null) => new(await PrivateCluster.StartAsync(
        kept ?? PrivateCluster.TemporaryFolder(), new PrivateClusterOptions { Temporary = kept is null, Durable = true }, Console.Error.WriteLine));

    /// <summary>A pool of so many connections, all open, with or without prepared statements.</summary>
    public async Task<NpgsqlDataSource> ConnectAsync(int connections, bool prepares)
    {
        var source = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(cluster.ConnectionString)
        {
            MinPoolSize = connections,
            MaxPoolSize = connections,
            MaxAutoPrepare = prepares ? 100 : 0,
        });
        await using var ready = source.CreateCommand("select 1");
        await ready.ExecuteNonQueryAsync();
        return source;
    }

    /// <summary>The connection string of a new database.</summary>
    public Task<string> CreateAsync(string name) => cluster.CreateDatabaseAsync(name);

    public ValueTask DisposeAsync() => cluster.DisposeAsync();
}
