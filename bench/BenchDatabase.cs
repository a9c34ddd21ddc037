using Npgsql;
using Scalelite.EventLog;

namespace Scalelite.Bench;

/// <summary>A PostgreSQL of the benchmark's own, safe at a power cut as in production: <c>fsync</c> and <c>synchronous_commit</c> are on.</summary>
internal sealed class BenchDatabase(PrivateCluster cluster) : IAsyncDisposable
{
    public static async Task<BenchDatabase> StartAsync() => new(await PrivateCluster.StartAsync(
        PrivateCluster.TemporaryFolder(), new PrivateClusterOptions { Temporary = true, Durable = true }, Console.Error.WriteLine));

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
