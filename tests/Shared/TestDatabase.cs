using Npgsql;
using Scalelite.EventLog;

namespace Scalelite.Testing;

/// <summary>
/// A fresh, empty database of the test assembly's own PostgreSQL, which starts with the first one asked for and stops with the run.
/// Linked into every test project that refers to <c>src/EventLog</c>. One for each test class:
/// <code>
/// public sealed class Things : IAsyncLifetime
/// {
///     private TestDatabase _database = null!;
///     public async Task InitializeAsync() => _database = await TestDatabase.CreateAsync();
///     public async Task DisposeAsync() => await _database.DisposeAsync();
///     [Fact] public async Task A_thing_holds() => await _database.ExecuteAsync("create table t (n int)");
/// }
/// </code>
/// or, once for all tests of a class, in an <c>IClassFixture</c>. It looks at no DATABASE_URL: tests never touch a database of others.
/// A test that restarts or crashes PostgreSQL starts a cluster of its own: <c>PrivateCluster.StartAsync(PrivateCluster.TemporaryFolder(),
/// new PrivateClusterOptions { Temporary = true, Durable = false })</c>, then <c>RestartAsync</c>.
/// </summary>
internal sealed class TestDatabase : IAsyncDisposable
{
    private static readonly Lazy<Task<PrivateCluster>> Cluster = new(() => Task.Run(() => PrivateCluster.StartAsync(
        PrivateCluster.TemporaryFolder(),
        new PrivateClusterOptions { Temporary = true, Durable = false },
        Console.Error.WriteLine)));

    private readonly PrivateCluster _cluster;

    private TestDatabase(PrivateCluster cluster, string name, string connectionString, NpgsqlDataSource source) =>
        (_cluster, Name, ConnectionString, Source) = (cluster, name, connectionString, source);

    /// <summary>Its name, unique in this run.</summary>
    public string Name { get; }

    /// <summary>Connects to it as a superuser.</summary>
    public string ConnectionString { get; }

    /// <summary>A pool on it.</summary>
    public NpgsqlDataSource Source { get; }

    /// <summary>Makes a database; <paramref name="name"/> only helps to find it in a log.</summary>
    public static async Task<TestDatabase> CreateAsync(string name = "test")
    {
        var cluster = await Cluster.Value;
        var unique = $"{name}_{Guid.NewGuid():n}"[..Math.Min(name.Length + 13, 60)].ToLowerInvariant();
        var connectionString = await cluster.CreateDatabaseAsync(unique);
        return new TestDatabase(cluster, unique, connectionString, NpgsqlDataSource.Create(connectionString));
    }

    /// <summary>Runs statements.</summary>
    public async Task ExecuteAsync(string sql, params object[] values)
    {
        await using var command = Command(sql, values);
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>The first value of the first row; default if there is none or it is null.</summary>
    public async Task<T?> ScalarAsync<T>(string sql, params object[] values)
    {
        await using var command = Command(sql, values);
        return await command.ExecuteScalarAsync() is T value ? value : default;
    }

    /// <summary>All rows.</summary>
    public async Task<List<object?[]>> RowsAsync(string sql, params object[] values)
    {
        await using var command = Command(sql, values);
        await using var reader = await command.ExecuteReaderAsync();
        var rows = new List<object?[]>();
        while (await reader.ReadAsync())
        {
            rows.Add([.. Enumerable.Range(0, reader.FieldCount).Select(i => reader.IsDBNull(i) ? null : reader.GetValue(i))]);
        }

        return rows;
    }

    /// <summary>Closes the pool and drops the database.</summary>
    public async ValueTask DisposeAsync()
    {
        await Source.DisposeAsync();
        await using var connection = new NpgsqlConnection(_cluster.ConnectionString);
        await connection.OpenAsync();
        await using var drop = new NpgsqlCommand($"drop database if exists \"{Name}\" with (force)", connection)
        {
            // It waits for a checkpoint, and so for a disk that others may be busy with.
            CommandTimeout = 120,
        };
        await drop.ExecuteNonQueryAsync();
    }

    private NpgsqlCommand Command(string sql, object[] values)
    {
        var command = Source.CreateCommand(sql);
        foreach (var value in values) command.Parameters.AddWithValue(value);
        return command;
    }
}
