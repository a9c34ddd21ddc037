using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Scalelite.Domain;
using Scalelite.Domain.Meetings;
using Scalelite.Domain.Placement;
using Xunit;

namespace Scalelite.Api.Tests.CommandLine;

public sealed class CommandLineTests(Commands commands) : IClassFixture<Commands>
{
    private readonly string _url = $"https://{Guid.NewGuid():n}.example.org/bigbluebutton/api";

    [Fact]
    public async Task A_server_is_added_disabled_and_printed_with_its_id_and_without_its_secret()
    {
        var secret = $"very-secret-{Guid.NewGuid():n}";
        var ran = await commands.RunAsync("servers", "add", _url + "/", secret, "--load-multiplier", "2.5", "--tag", "big", "--json");

        Assert.Equal((0, ""), (ran.Code, ran.Error));
        var server = JsonDocument.Parse(ran.Out).RootElement;
        Assert.Equal(_url, server.GetProperty("url").GetString());
        Assert.Equal(("disabled", "offline", "big"), (Text(server, "state"), Text(server, "online"), Text(server, "tag")));
        Assert.Equal(2.5m, server.GetProperty("load_multiplier").GetDecimal());
        Assert.True(Guid.TryParse(Text(server, "id"), out _));
        Assert.DoesNotContain(secret, ran.Out, StringComparison.Ordinal);
        Assert.Equal(0L, await commands.Database.ScalarAsync<long>("select count(*) from mt_events where data::text like '%' || $1 || '%'", secret));
        Assert.Equal(1L, await commands.Database.ScalarAsync<long>(
            "select count(*) from mt_events where stream_id = $1 and headers->>'actor' like 'cli:%'", $"server-{Text(server, "id")}"));
    }

    [Fact]
    public async Task A_server_is_enabled_drained_and_disabled()
    {
        var id = await AddAsync();
        foreach (var (command, state) in new[] { ("enable", "enabled"), ("cordon", "cordoned"), ("disable", "disabled"), ("disable", "disabled") })
        {
            Assert.Equal(0, (await commands.RunAsync(["servers", command, id, .. command == "enable" ? ["--no-check"] : Array.Empty<string>()])).Code);
            Assert.Equal(state, await StateAsync(id));
        }
    }

    [Fact]
    public async Task A_server_is_changed_all_or_nothing()
    {
        var id = await AddAsync();
        Assert.Equal(0, (await commands.RunAsync("servers", "update", id, "--secret", "another", "--load-multiplier", "3", "--tag", "a")).Code);
        var before = await RowAsync(id);

        var refused = await commands.RunAsync("servers", "update", id, "--load-multiplier", "0", "--tag", "b");

        Assert.Equal(1, refused.Code);
        Assert.Contains("multiplier", refused.Error, StringComparison.Ordinal);
        Assert.Equal(before, await RowAsync(id));
        Assert.Equal(0, (await commands.RunAsync("servers", "tag", id)).Code);
        Assert.Equal(0, (await commands.RunAsync("servers", "load-multiplier", id, "1.5")).Code);
        Assert.Equal(("", 1.5m), await RowAsync(id));
    }

    [Theory]
    [InlineData("enable")]
    [InlineData("cordon")]
    [InlineData("disable")]
    [InlineData("remove")]
    [InlineData("panic")]
    [InlineData("tag")]
    public async Task An_unknown_server_is_said_on_standard_error(string command)
    {
        var ran = await commands.RunAsync("servers", command, "nobody");
        Assert.Equal((1, "", $"Couldn't find server with id=nobody{Environment.NewLine}"), (ran.Code, ran.Out, ran.Error));
    }

    [Theory]
    [InlineData("ftp://node/api", "s")]
    [InlineData("https://node/api?x=1", "s")]
    [InlineData("https://node/api", "")]
    public async Task A_server_that_cannot_be_right_is_refused(string url, string secret) =>
        Assert.Equal(1, (await commands.RunAsync("servers", "add", url, secret)).Code);

    [Fact]
    public async Task A_url_is_in_the_pool_once()
    {
        var id = await AddAsync();
        var again = await commands.RunAsync("servers", "add", _url, "s");
        Assert.Equal((1, $"Server {id} has the URL {_url}{Environment.NewLine}"), (again.Code, again.Error));
    }

    [Fact]
    public async Task A_server_with_meetings_is_removed_by_force_only_and_its_meetings_end_with_it()
    {
        var id = await AddAsync();
        var instance = await PlaceAsync(id);

        var refused = await commands.RunAsync("servers", "remove", id, "--yes");
        Assert.Equal((1, $"Server {id} has 1 meetings{Environment.NewLine}"), (refused.Code, refused.Error));
        Assert.Equal(0, (await commands.RunAsync("servers", "remove", id, "--yes", "--force")).Code);

        Assert.Equal("ServerRemoved", await commands.Database.ScalarAsync<string>("select how from meeting_instance where instance = $1", instance));
        Assert.Equal(0L, await commands.Database.ScalarAsync<long>("select count(*) from meeting_location where server_id = $1", id));
        Assert.Null(await StateAsync(id));
        Assert.Equal(1L, await commands.Database.ScalarAsync<long>("select count(*) from secret where owner = $1 and valid_until > now()", id));
        Assert.Equal(1, (await commands.RunAsync("servers", "enable", id, "--no-check")).Code);
    }

    [Fact]
    public async Task A_servers_capacity_is_said_and_taken_back()
    {
        var id = await AddAsync();
        Assert.Equal(0, (await commands.RunAsync("servers", "capacity", id, "400")).Code);
        Assert.Equal(400, await commands.Database.ScalarAsync<int>("select capacity from server where id = $1", id));
        Assert.Equal(1, (await commands.RunAsync("servers", "capacity", id, "0")).Code);
        Assert.Equal(1, (await commands.RunAsync("servers", "capacity", id, "many")).Code);
        Assert.Contains("400", (await commands.RunAsync("status")).Out, StringComparison.Ordinal);

        Assert.Equal(0, (await commands.RunAsync("servers", "capacity", id, "none")).Code);

        Assert.Equal(1L, await commands.Database.ScalarAsync<long>("select count(*) from server where id = $1 and capacity is null", id));
    }

    [Theory]
    [InlineData("scalelite ser", "servers")]
    [InlineData("scalelite servers rem", "remove")]
    [InlineData("scalelite servers sync --mode ", "cordon")]
    public async Task A_shell_is_told_how_a_command_goes_on(string line, string word)
    {
        var ran = await commands.RunAsync($"[suggest:{line.Length}]", line);

        Assert.Contains(word, ran.Out.Split('\n', StringSplitOptions.TrimEntries), StringComparer.OrdinalIgnoreCase);
        Assert.Contains("[suggest:", (await commands.RunAsync("completion", "bash")).Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_panic_gives_the_meetings_up_and_disables_the_server()
    {
        var id = await AddAsync();
        await commands.RunAsync("servers", "enable", id, "--no-check");
        var placed = await PlaceAsync(id);
        var live = await PlaceAsync(id, started: true);

        var ran = await commands.RunAsync("servers", "panic", id, "--yes", "--skip-end-calls");

        Assert.Equal(0, ran.Code);
        Assert.Contains("2 meetings given up", ran.Out, StringComparison.Ordinal);
        Assert.Equal("disabled", await StateAsync(id));
        foreach (var instance in new[] { placed, live })
            Assert.Equal("ServerPanicked", await commands.Database.ScalarAsync<string>("select how from meeting_instance where instance = $1", instance));
    }

    [Fact]
    public async Task A_panic_may_keep_the_servers_state()
    {
        var id = await AddAsync();
        await commands.RunAsync("servers", "enable", id, "--no-check");
        await PlaceAsync(id, started: true);

        var ran = await commands.RunAsync("servers", "panic", id, "--keep-state", "--skip-end-calls", "--yes");

        Assert.Contains("1 meetings given up", ran.Out, StringComparison.Ordinal);
        Assert.Equal("enabled", await StateAsync(id));
    }

    [Fact]
    public async Task A_removed_host_comes_back_under_its_name()
    {
        commands.Environment["SERVER_ID_IS_HOSTNAME"] = "true";
        var host = new Uri(_url).Host;
        Assert.Equal(0, (await commands.RunAsync("servers", "add", _url, "s")).Code);
        Assert.Equal(1, (await commands.RunAsync("servers", "add", _url + "2", "s")).Code);
        Assert.Equal(0, (await commands.RunAsync("servers", "enable", host, "--no-check")).Code);
        Assert.Equal(0, (await commands.RunAsync("servers", "remove", host, "--yes")).Code);

        Assert.Equal(0, (await commands.RunAsync("servers", "add", _url, "s")).Code);

        Assert.Equal("disabled", await StateAsync(host));
        commands.Environment.Remove("SERVER_ID_IS_HOSTNAME");
    }

    [Fact]
    public async Task A_meetings_story_is_told_from_its_events()
    {
        var id = await AddAsync();
        var instance = await PlaceAsync(id, started: true);

        var told = JsonDocument.Parse((await commands.RunAsync("meetings", "info", $"room-{instance}", "--json")).Out).RootElement;
        var listed = await commands.RunAsync("meetings", "list", $"room-{instance}", "--json");
        var onServer = await commands.RunAsync("servers", "meetings", id);
        var events = await commands.RunAsync("events", "--stream", $"meeting-{instance}", "--json");

        Assert.Equal((id, "live"), (Text(told, "server_id"), Text(told, "state")));
        Assert.Equal(["meeting_placed", "meeting_started"], told.GetProperty("events").EnumerateArray().Select(e => Text(e, "type")));
        Assert.Equal(1, JsonDocument.Parse(listed.Out).RootElement.GetArrayLength());
        Assert.Contains($"room-{instance}", onServer.Out, StringComparison.Ordinal);
        Assert.Equal(2, events.Out.Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries).Length);
        Assert.Equal(1, (await commands.RunAsync("meetings", "info", "never-was")).Code);
        Assert.Equal(1, (await commands.RunAsync("events", "--stream", "meeting-never-was")).Code);
    }

    [Fact]
    public async Task Status_and_the_list_show_every_server()
    {
        var id = await AddAsync();
        Assert.Contains(id, (await commands.RunAsync("servers", "list")).Out, StringComparison.Ordinal);
        Assert.Contains(id, (await commands.RunAsync("servers")).Out, StringComparison.Ordinal);
        Assert.Contains(new Uri(_url).Authority, (await commands.RunAsync("status")).Out, StringComparison.Ordinal);
        Assert.Contains(
            JsonDocument.Parse((await commands.RunAsync("status", "--json")).Out).RootElement.EnumerateArray(), server => Text(server, "id") == id);
    }

    [Theory]
    [InlineData("serv")]
    [InlineData("servers", "add", "https://node/api")]
    [InlineData("servers", "load-multiplier", "id", "much")]
    [InlineData("serve", "--roles", "api,cook")]
    public async Task A_command_line_that_cannot_be_read_exits_with_2(params string[] arguments)
    {
        var ran = await commands.RunAsync(arguments);
        Assert.Equal(2, ran.Code);
        Assert.NotEqual("", ran.Error);
    }

    [Theory]
    [InlineData("--help")]
    [InlineData("servers", "panic", "--help")]
    public async Task Every_command_has_help(params string[] arguments)
    {
        var ran = await commands.RunAsync(arguments);
        Assert.Equal(0, ran.Code);
        Assert.Contains("Usage:", ran.Out, StringComparison.Ordinal);
    }

    private static string? Text(JsonElement element, string name) => element.GetProperty(name).GetString();

    private async Task<string> AddAsync()
    {
        var ran = await commands.RunAsync("servers", "add", _url, "secret", "--json");
        Assert.Equal("", ran.Error);
        return Text(JsonDocument.Parse(ran.Out).RootElement, "id")!;
    }

    private Task<string?> StateAsync(string id) => commands.Database.ScalarAsync<string>("select state from server where id = $1", id);

    private async Task<(string Tag, decimal Multiplier)> RowAsync(string id) => (
        (await commands.Database.ScalarAsync<string>("select coalesce(tag, '') from server where id = $1", id))!,
        await commands.Database.ScalarAsync<decimal>("select load_multiplier from server where id = $1", id));

    private async Task<Guid> PlaceAsync(string serverId, bool started = false)
    {
        var instance = Guid.CreateVersion7();
        var at = DateTimeOffset.UtcNow;
        await using var host = await commands.HostAsync();
        await using var session = host.Services.GetRequiredService<IDocumentStore>().LightweightSession();
        var events = new List<object>
        {
            new MeetingPlaced(
                instance, "", $"room-{instance}", serverId, "Room", null, false, new Dictionary<string, string>(),
                new PlacementReason("least-load", "lowest load of 1", null, 1, [], 1), at.AddSeconds(25), at),
        };
        if (started) events.Add(new MeetingStarted(instance, serverId, $"internal-{instance}", 1, null, false, null, 3, at));
        session.Events.StartStream(Streams.Meeting(instance), [.. events]);
        await session.SaveChangesAsync();
        return instance;
    }
}
