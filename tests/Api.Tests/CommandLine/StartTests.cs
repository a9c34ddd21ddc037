using Xunit;

namespace Scalelite.Api.Tests.CommandLine;

public sealed class StartTests
{
    [Fact]
    public async Task A_wrong_setting_stops_the_start_with_its_name_and_no_stack_trace()
    {
        var commands = new Commands { Environment = { ["POLL_INTERVAL"] = "never", ["PORT"] = "web" } };
        var ran = await commands.RunAsync("serve");

        Assert.Equal(1, ran.Code);
        Assert.Equal(["DATABASE_URL", "POLL_INTERVAL", "PORT"], Names(ran.Error).Order(StringComparer.Ordinal));
        Assert.DoesNotContain("   at ", ran.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_database_that_is_away_is_said_in_one_line()
    {
        var commands = new Commands { Environment = { ["DATABASE_URL"] = "postgresql://nobody@127.0.0.1:1/none" } };
        var ran = await commands.RunAsync("status");

        Assert.Equal(1, ran.Code);
        Assert.StartsWith("PostgreSQL does not answer", ran.Error, StringComparison.Ordinal);
        Assert.Single(ran.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    private static List<string> Names(string lines) => [.. lines.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(' ')[0])];
}
