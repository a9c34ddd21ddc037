using Npgsql;
using Scalelite.Testing;
using Xunit;

namespace Scalelite.EventLog.Tests;

public sealed class PrivateClusterTests
{
    private static readonly PrivateClusterOptions ForTests = new() { Temporary = true, Durable = false };

    [Fact]
    public async Task It_keeps_its_rows_over_a_crash_and_removes_its_folder_in_the_end()
    {
        var folder = PrivateCluster.TemporaryFolder();
        await using (var cluster = await PrivateCluster.StartAsync(folder, ForTests))
        {
            await RunAsync(cluster.ConnectionString, "create table kept as select 7 as n");
            await cluster.RestartAsync(immediately: true);
            Assert.Equal(7, await RunAsync(cluster.ConnectionString, "select n from kept"));
            Assert.Equal("off", await RunAsync(cluster.ConnectionString, "show fsync"));
        }

        Assert.False(Directory.Exists(folder));
    }

    [Fact]
    public async Task It_goes_on_in_a_folder_whose_program_was_killed()
    {
        var folder = PrivateCluster.TemporaryFolder();
        string? pid;
        await using (var first = await PrivateCluster.StartAsync(folder, ForTests with { Temporary = false }))
        {
            await RunAsync(first.ConnectionString, "create table kept as select 7 as n");
            pid = PostmasterOf(folder);
            await first.StopAsync();
        }

        // What a kill leaves: a postmaster without its program.
        Assert.NotNull(pid);
        var user = ClusterUser.Find();
        var binaries = await PostgresBinaries.FindAsync(null, false, _ => { }, default);
        await Command.RunAsync(user.Start("/bin/sh", "-c", $"\"{binaries}/pg_ctl\" start -w -D \"{folder}/data\" -l \"{folder}/left.log\" >/dev/null"), default);
        var left = PostmasterOf(folder);

        await using var second = await PrivateCluster.StartAsync(folder, ForTests);
        Assert.Equal(7, await RunAsync(second.ConnectionString, "select n from kept"));
        Assert.NotEqual(left, PostmasterOf(folder));
    }

    [Fact]
    public async Task A_pid_file_that_names_another_program_is_not_taken_for_a_postmaster()
    {
        var folder = PrivateCluster.TemporaryFolder();
        await (await PrivateCluster.StartAsync(folder, ForTests with { Temporary = false })).DisposeAsync();
        await File.WriteAllTextAsync(Path.Combine(folder, "data", "postmaster.pid"), $"{Environment.ProcessId}\n{folder}/data\n1\n5432\n{folder}\n\n");

        await using var cluster = await PrivateCluster.StartAsync(folder, ForTests);
        Assert.Equal(1, await RunAsync(cluster.ConnectionString, "select 1"));
    }

    [Fact]
    public async Task A_folder_has_one_program_at_a_time()
    {
        var folder = PrivateCluster.TemporaryFolder();
        await using var first = await PrivateCluster.StartAsync(folder, ForTests);
        var refused = await Assert.ThrowsAsync<PrivateClusterException>(() => PrivateCluster.StartAsync(folder, ForTests));
        Assert.Contains("Another program", refused.Message);
        Assert.Equal(1, await RunAsync(first.ConnectionString, "select 1"));
    }

    [Fact]
    public async Task It_listens_on_loopback_where_asked_to_and_in_a_folder_with_a_long_and_odd_name()
    {
        var folder = Path.Combine(PrivateCluster.TemporaryFolder(), $"it's a {new string('x', 90)}");
        try
        {
            await using var cluster = await PrivateCluster.StartAsync(folder, ForTests with { Port = 0 });
            Assert.StartsWith("Host=127.0.0.1", cluster.ConnectionString, StringComparison.Ordinal);
            Assert.Equal(1, await RunAsync(cluster.ConnectionString, "select 1"));
        }
        finally
        {
            Directory.Delete(Path.GetDirectoryName(folder)!, recursive: true);
        }
    }

    [Fact]
    public async Task A_test_database_is_fresh_and_its_own()
    {
        await using var one = await TestDatabase.CreateAsync();
        await using var other = await TestDatabase.CreateAsync();
        await one.ExecuteAsync("create table t as select 1 as n");
        await other.ExecuteAsync("create table t as select 2 as n");
        Assert.Equal(1, await one.ScalarAsync<int>("select n from t"));
    }

    private static string? PostmasterOf(string folder) => File.ReadLines(Path.Combine(folder, "data", "postmaster.pid")).FirstOrDefault();

    private static async Task<object?> RunAsync(string connectionString, string sql)
    {
        // Without a pool: a restart would leave it full of dead connections.
        await using var connection = new NpgsqlConnection(connectionString + ";Pooling=false");
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync();
    }
}
