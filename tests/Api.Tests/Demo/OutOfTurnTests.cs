using Npgsql;
using Scalelite.Api.CommandLine;
using Scalelite.Api.Demo;
using Scalelite.Testing;
using Xunit;

namespace Scalelite.Api.Tests.Demo;

/// <summary>What nobody had ordered: the demo must not go on as if it had gone as told.</summary>
public sealed class OutOfTurnTests : IAsyncLifetime
{
    private TestDatabase _database = null!;

    public async Task InitializeAsync() => _database = await TestDatabase.CreateAsync("demo");

    public async Task DisposeAsync() => await _database.DisposeAsync();

    [Theory]
    [InlineData("spread evenly")]
    [InlineData("goes on at")]
    [InlineData("every end arrived")]
    public async Task A_node_that_is_killed_out_of_turn_ends_the_demo_with_1(string when)
    {
        var output = await RunAsync(when, pool => pool.Nodes[0].Crash());

        Assert.Contains("NOT AS TOLD: ", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("spread evenly")]
    [InlineData("all are online")]
    public async Task A_log_that_is_emptied_ends_the_demo_with_1(string when)
    {
        var output = await RunAsync(when, _ =>
        {
            using var connection = new NpgsqlConnection(_database.ConnectionString);
            connection.Open();
            using var empty = new NpgsqlCommand("truncate mt_events", connection);
            empty.ExecuteNonQuery();
        });

        Assert.Contains("NOT AS TOLD: ", output, StringComparison.Ordinal);
    }

    private async Task<string> RunAsync(string when, Action<DemoPool> act)
    {
        await using var output = new WatchedWriter();
        await using var pool = await DemoPool.StartAsync(new DemoOptions(0, "secret", _database.ConnectionString), _ => { }, CancellationToken.None);
        output.When(when, () => act(pool));
        var code = await new DemoRun(pool, new DemoNarrator(output)).RunAsync(once: true, CancellationToken.None);

        Assert.True(output.Seen, output.ToString());
        Assert.True(code == ExitCode.Refused, output.ToString());
        return output.ToString();
    }
}
