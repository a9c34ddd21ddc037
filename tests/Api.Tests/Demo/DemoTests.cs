using System.Net;
using System.Net.Sockets;
using Scalelite.Api.CommandLine;
using Scalelite.Api.Tests.CommandLine;
using Xunit;

namespace Scalelite.Api.Tests.Demo;

public sealed class DemoTests(Commands commands) : IClassFixture<Commands>
{
    [Fact]
    public async Task A_school_day_goes_as_told_on_a_machine_where_nothing_is_set_up()
    {
        var ran = await new Commands().RunAsync("demo", "--once", "--port", "0");

        Assert.True(ran.Code == ExitCode.Done, ran.Out + ran.Error);
        Assert.Contains("8 classes are spread evenly", ran.Out, StringComparison.Ordinal);
        Assert.Contains("2 recordings imported, each in two formats", ran.Out, StringComparison.Ordinal);
        Assert.Contains("Physics 10a plays: its page, and of video-0.m4v the bytes 0-1023/", ran.Out, StringComparison.Ordinal);
        Assert.Contains("its page and its video are gone: 404", ran.Out, StringComparison.Ordinal);
        Assert.Contains("secret-of-the-clients", ran.Out, StringComparison.Ordinal);
        Assert.Matches(@"the busiest server had \d+\.\d\d times the mean load; of \d+ placements at most \d+ in a row went to one server", ran.Out);
        Assert.False(Directory.Exists(ClusterIn(ran.Out)), "the private PostgreSQL is removed");
    }

    [Fact]
    public async Task Without_once_it_goes_on_until_it_is_told_to_stop_and_leaves_nothing_behind()
    {
        using var stop = new CancellationTokenSource();
        await using var output = new WatchedWriter();
        output.When(" placed here", stop.Cancel);
        var code = await ScaleliteCommand.RunAsync(["demo", "--port", "0"], output, output, new Commands().Sources(), stop.Token);

        Assert.True(code == ExitCode.Done, output.ToString());
        Assert.True(output.Seen, output.ToString());
        Assert.False(Directory.Exists(ClusterIn(output.ToString())), "the private PostgreSQL is removed");
    }

    [Fact]
    public async Task A_taken_port_is_said_in_one_line()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var port = $"{((IPEndPoint)taken.LocalEndpoint).Port}";
        var ran = await commands.RunAsync("demo", "--once", "--port", port);

        Assert.Equal(ExitCode.Refused, ran.Code);
        Assert.StartsWith($"Port {port} of 127.0.0.1 cannot be used", ran.Error, StringComparison.Ordinal);
        Assert.Single(ran.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    [Fact]
    public async Task A_database_that_somebody_works_with_is_left_alone()
    {
        await commands.RunAsync("servers", "add", "https://node.example.org/bigbluebutton/api", "s");
        var before = await commands.Database.ScalarAsync<long>("select count(*) from mt_events");
        var ran = await commands.RunAsync("demo", "--once", "--port", "0");

        Assert.True(before > 0);
        Assert.Equal(ExitCode.Refused, ran.Code);
        Assert.StartsWith("The database of DATABASE_URL has events", ran.Error, StringComparison.Ordinal);
        Assert.Equal(before, await commands.Database.ScalarAsync<long>("select count(*) from mt_events"));
    }

    private static string ClusterIn(string output)
    {
        const string making = "Making a PostgreSQL cluster in ";
        var line = output.Split('\n').Single(line => line.StartsWith(making, StringComparison.Ordinal));
        return line[making.Length..].Trim();
    }
}
