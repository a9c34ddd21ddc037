using Microsoft.Extensions.DependencyInjection;
using Scalelite.Domain;
using Scalelite.Domain.Meetings;
using Scalelite.Domain.Placement;
using Xunit;

namespace Scalelite.Api.Tests.CommandLine;

/// <summary>The pool is one for all tests of a class, so each has a database of its own.</summary>
public sealed class PoolFileTests : IAsyncLifetime
{
    private const string Pool =
        """
        ---
        servers:
          node1.example.org:
            secret: 's1'
          node2.example.org:
            secret: s2
            url: https://elsewhere.example.org/bigbluebutton/api/
            enabled: no
            load_multiplier: 2.5
            tag: big
            state: cordoned
            online: true
            load: 17.0
            bbb_version: 3.0.1
        """;

    private readonly Commands _commands = new();

    public Task InitializeAsync() => _commands.InitializeAsync();

    public Task DisposeAsync() => _commands.DisposeAsync();

    [Fact]
    public async Task A_pool_is_made_as_its_file_says_and_a_second_time_nothing_changes()
    {
        var first = await SyncAsync(Pool);

        Assert.Equal(("", 0), (first.Error, first.Code));
        Assert.Equal(
            ["[node1.example.org] Server created", "[node1.example.org] Server enabled", "[node2.example.org] Server created"], Lines(first));
        Assert.Equal(
            "node1.example.org https://node1.example.org/bigbluebutton/api enabled 1 -\n"
            + "node2.example.org https://elsewhere.example.org/bigbluebutton/api disabled 2.5 big",
            await PoolAsync());
        var events = await EventsAsync();

        var second = await SyncAsync(Pool);

        Assert.Equal((0, "The pool is as the file says"), (second.Code, second.Out.Trim()));
        Assert.Equal(events, await EventsAsync());
    }

    [Fact]
    public async Task A_dry_run_says_what_would_be_done_and_does_nothing()
    {
        var ran = await SyncAsync(Pool, "--dry-run");

        Assert.Equal(0, ran.Code);
        Assert.Equal("[node1.example.org] Server created", Lines(ran)[0]);
        Assert.Equal(0L, await EventsAsync());
    }

    [Fact]
    public async Task What_servers_yaml_writes_is_the_pool_and_changes_nothing()
    {
        await SyncAsync(Pool);
        foreach (var verbose in new string[][] { [], ["--verbose"] })
        {
            var yaml = await _commands.RunAsync(["servers", "yaml", .. verbose]);
            Assert.Equal(0, yaml.Code);

            var again = await SyncAsync(yaml.Out);

            Assert.Equal((0, "The pool is as the file says", ""), (again.Code, again.Out.Trim(), again.Error));
        }
    }

    [Fact]
    public async Task Servers_yaml_is_Scalelites()
    {
        await SyncAsync("servers: {node1: {secret: '0123', tag: 'no', url: http://node1/bigbluebutton/api}}");

        var yaml = await _commands.RunAsync("servers", "yaml");

        Assert.Equal(
            """
            ---
            servers:
              node1:
                url: http://node1/bigbluebutton/api
                secret: '0123'
                load_multiplier: 1.0
                tag: 'no'
                enabled: true

            """,
            yaml.Out.ReplaceLineEndings("\n"));
    }

    [Fact]
    public async Task What_differs_is_brought_to_what_the_file_says()
    {
        await SyncAsync(Pool);

        var ran = await SyncAsync(
            """
            servers:
              node1.example.org: {secret: other, tag: small, enabled: false}
              node2.example.org: {secret: s2, url: https://node2.example.org/bigbluebutton/api, load_multiplier: 2.5}
            """);

        Assert.Equal(
            [
                "[node1.example.org] Server updated: secret=*****",
                "[node1.example.org] Server updated: tag=small",
                "[node1.example.org] Server disabled (cordoned)",
                "[node2.example.org] Server updated: url=https://node2.example.org/bigbluebutton/api",
                "[node2.example.org] Server updated: tag=",
                "[node2.example.org] Server enabled",
            ],
            Lines(ran));
        Assert.Equal(
            "node1.example.org https://node1.example.org/bigbluebutton/api cordoned 1 small\n"
            + "node2.example.org https://node2.example.org/bigbluebutton/api enabled 2.5 -",
            await PoolAsync());
    }

    [Fact]
    public async Task A_server_with_meetings_that_the_file_leaves_out_is_kept_or_cordoned_or_removed_as_the_mode_says()
    {
        await SyncAsync(Pool);
        await PlaceAsync("node1.example.org");
        const string Second = "servers: {node2.example.org: {secret: s2, url: 'https://elsewhere.example.org/bigbluebutton/api', enabled: false, load_multiplier: 2.5, tag: big}}";

        Assert.Equal(["The pool is as the file says"], Lines(await SyncAsync(Second, "--mode", "keep")));
        Assert.Equal(["[node1.example.org] Server not empty. Cordoned for removal"], Lines(await SyncAsync(Second)));
        Assert.Equal(["The pool is as the file says"], Lines(await SyncAsync(Second, "--mode", "cordon")));
        Assert.Equal(
            ["[node1.example.org] Server not empty. 1 meetings ended", "[node1.example.org] Server removed"],
            Lines(await SyncAsync(Second, "--mode", "force")));
        Assert.Equal("node2.example.org https://elsewhere.example.org/bigbluebutton/api disabled 2.5 big", await PoolAsync());
        Assert.Equal(0L, await _commands.Database.ScalarAsync<long>("select count(*) from meeting_location"));
    }

    [Theory]
    [InlineData("[1, 2]", "a key 'servers'")]
    [InlineData("servers: [{url: x, secret: y}]", "mapping of ids")]
    [InlineData("servers: {a: {url: 'https://a/'}}", "Server a (line 1): it has no secret")]
    [InlineData("servers:\n  a b: {secret: x}", "line 2")]
    [InlineData("servers: {a: {secret: x, url: 'ftp://a'}}", "'ftp://a' is not a URL")]
    [InlineData("servers: {a: {secret: x, multiplier: 2}}", "'multiplier' is not known")]
    [InlineData("servers: {a: {secret: x, load_multiplier: -1}}", "greater than 0")]
    [InlineData("servers: {a: {secret: x, enabled: maybe}}", "true or false, not 'maybe'")]
    [InlineData("servers: {a: {secret: x}, a: {secret: y}}", "uplicate")]
    [InlineData("servers: {a: {secret: [x]}}", "single value")]
    [InlineData("servers: {a: [", "Line")]
    public async Task A_file_that_cannot_be_right_changes_nothing_and_says_where(string yaml, string why)
    {
        var ran = await SyncAsync(yaml);

        Assert.Equal(1, ran.Code);
        Assert.Contains(why, ran.Error, StringComparison.Ordinal);
        Assert.Equal(0L, await EventsAsync());
    }

    [Fact]
    public async Task A_file_that_is_not_there_is_said()
    {
        var ran = await _commands.RunAsync("servers", "sync", "/nowhere/pool.yml");

        Assert.Equal(1, ran.Code);
        Assert.Contains("/nowhere/pool.yml", ran.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Listed_servers_are_added_disabled_with_ids_of_their_own()
    {
        const string List = "servers: [{url: 'https://a.example.org/bigbluebutton/api', secret: s1}, {url: 'https://b.example.org/bigbluebutton/api', secret: s2}]";

        var first = await FileAsync(List, path => _commands.RunAsync("servers", "add-all", path));
        var second = await FileAsync(List, path => _commands.RunAsync("servers", "add-all", path));

        Assert.Equal(0, first.Code);
        Assert.Equal(["server: https://a.example.org/bigbluebutton/api", "server: https://b.example.org/bigbluebutton/api"], Lines(first).Where(line => line.StartsWith("server", StringComparison.Ordinal)));
        Assert.Equal(2, Lines(first).Count(line => line.StartsWith("id: ", StringComparison.Ordinal)));
        Assert.Equal(1, second.Code);
        Assert.Equal(2L, await _commands.Database.ScalarAsync<long>("select count(*) from server where state = 'disabled'"));
    }

    private static string[] Lines(Ran ran) => ran.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    private static async Task<Ran> FileAsync(string text, Func<string, Task<Ran>> run)
    {
        var path = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(path, text);
            return await run(path);
        }
        finally
        {
            File.Delete(path);
        }
    }

    private Task<Ran> SyncAsync(string yaml, params string[] options) => FileAsync(yaml, path => _commands.RunAsync(["servers", "sync", path, .. options]));

    private async Task<string?> PoolAsync() => await _commands.Database.ScalarAsync<string>(
        "select string_agg(concat_ws(' ', id, url, state, trim_scale(load_multiplier), coalesce(tag, '-')), E'\\n' order by id) from server");

    private Task<long> EventsAsync() => _commands.Database.ScalarAsync<long>("select count(*) from mt_events");

    private async Task PlaceAsync(string serverId)
    {
        await using var host = await _commands.HostAsync();
        await using var session = host.Services.GetRequiredService<IDocumentStore>().LightweightSession();
        var (instance, now) = (Guid.NewGuid(), DateTimeOffset.UtcNow);
        session.Events.StartStream(
            Streams.Meeting(instance),
            Meeting.Place(
                instance, "", "room", serverId, "Room", null, false, new Dictionary<string, string>(), new PlacementReason("test", "told", null, 1, [], 1), now, now));
        await session.SaveChangesAsync();
    }
}
