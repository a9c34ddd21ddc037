using System.Runtime.CompilerServices;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Scalelite.Domain;
using Scalelite.Domain.Meetings;
using Scalelite.Domain.Placement;
using Scalelite.Domain.Servers;
using Xunit;

namespace Scalelite.Api.Tests.CommandLine.WhatIf;

/// <summary>A morning of three servers, placed again.</summary>
public sealed class WhatIfCommandTests(WhatIfCommandTests.Morning morning) : IClassFixture<WhatIfCommandTests.Morning>
{
    private static readonly DateTimeOffset Eight = new(2026, 3, 2, 8, 0, 0, TimeSpan.Zero);

    private readonly string[] _range = ["--from", "2026-03-02 07:50", "--to", "2026-03-02 09:30"];

    [Fact]
    public async Task Both_sides_of_every_measure_are_printed()
    {
        var ran = await morning.Commands.RunAsync(["whatif", "--policy", "least-load", .. _range]);

        Assert.Equal((0, ""), (ran.Code, ran.Error));
        var golden = await File.ReadAllTextAsync(Path.Combine(Path.GetDirectoryName(Here())!, "whatif.txt"));
        Assert.True(ran.Out == golden, ran.Out);
    }

    [Fact]
    public async Task What_was_comes_from_the_events_and_what_would_be_from_the_policy()
    {
        var (was, would) = Sides(await JsonAsync("--policy", "round-robin"));

        Assert.Equal([("a", 12), ("b", 0), ("c", 0)], Placements(was));
        Assert.Equal([("a", 4), ("b", 4), ("c", 4)], Placements(would));
        Assert.Equal(3.5, was.GetProperty("measures").GetProperty("poll_age").GetProperty("max").GetDouble());
        Assert.Equal(3, was.GetProperty("measures").GetProperty("max_to_mean").GetDouble(), 2);
    }

    [Fact]
    public async Task A_server_can_be_left_out_by_id_url_or_host_and_another_added()
    {
        foreach (var name in new[] { "b", "https://b.example/bigbluebutton/api", "b.example" })
            Assert.Equal([("a", 6), ("c", 6)], Placements(Sides(await JsonAsync("--without", name)).Would));

        Assert.Equal([("a", 3), ("b", 3), ("big", 3), ("c", 3)], Placements(Sides(await JsonAsync("--add-server", "big")).Would));
        Assert.Equal([("a", 4), ("b", 4), ("big", 0), ("c", 4)], Placements(Sides(await JsonAsync("--add-server", "big:1:gpu")).Would));
    }

    [Theory]
    [InlineData("PLACEMENT_POLICY=round-robin", "policy", "round-robin")]
    [InlineData("LOAD_MIN_USER_COUNT=25", "load_min_user_count", "25")]
    [InlineData("LOAD_JOIN_BUFFER_TIME=5", "load_join_buffer_minutes", "5")]
    [InlineData("POLL_INTERVAL=10", "poll_interval_seconds", "10")]
    [InlineData("UNTAGGED_MAY_USE_TAGGED=true", "policy", "least-load")]
    [InlineData("MOVE_AFTER=0", "policy", "least-load")]
    public async Task Each_setting_that_has_to_do_with_placing_can_be_set(string set, string property, string value)
    {
        var (was, would) = Sides(await JsonAsync("--set", set));
        Assert.Equal(value, would.GetProperty(property).ToString());
        Assert.Equal(JsonValueKind.Null, was.GetProperty("policy").ValueKind);
    }

    [Theory]
    [InlineData("--set", "CONNECT_TIMEOUT=3", "does not change where meetings go")]
    [InlineData("--set", "LOAD_MIN_USER_COUNT=many", "LOAD_MIN_USER_COUNT is a whole number")]
    [InlineData("--set", "LOAD_MIN_USER_COUNT", "NAME=VALUE")]
    [InlineData("--policy", "most-load", "it is one of least-load")]
    [InlineData("--poll-interval", "often", "--poll-interval takes a time")]
    [InlineData("--without", "nobody", "There was no server 'nobody'")]
    [InlineData("--add-server", "a", "There is a server 'a' already")]
    [InlineData("--add-server", "x:-1", "NAME[:multiplier[:tag]]")]
    [InlineData("--scenario", "holidays", "it is one of school-morning")]
    public async Task What_cannot_be_is_refused_and_says_what_can(string option, string value, string said)
    {
        var ran = await morning.Commands.RunAsync("whatif", option, value);
        Assert.Equal((1, ""), (ran.Code, ran.Out));
        Assert.Contains(said, ran.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_time_without_meetings_says_so()
    {
        var ran = await morning.Commands.RunAsync("whatif", "--from", "2026-02-01", "--to", "2026-02-02");
        Assert.Equal(0, ran.Code);
        Assert.Contains("No meeting was placed in this time", ran.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_scenario_needs_no_database()
    {
        var commands = new Commands();
        var ran = await commands.RunAsync("whatif", "--scenario", "school-morning", "--servers", "3", "--policy", "least-load", "--json");
        Assert.Equal((0, ""), (ran.Code, ran.Error));
        Assert.Equal("school-morning", JsonDocument.Parse(ran.Out).RootElement.GetProperty("scenario").GetString());
    }

    private static string Here([CallerFilePath] string here = "") => here;

    private static (JsonElement Was, JsonElement Would) Sides(JsonElement document) => (document.GetProperty("sides")[0], document.GetProperty("sides")[1]);

    private static IEnumerable<(string, int)> Placements(JsonElement side) =>
        side.GetProperty("servers").EnumerateArray().Select(server => (server.GetProperty("server_id").GetString()!, server.GetProperty("placements").GetInt32()));

    private async Task<JsonElement> JsonAsync(params string[] options)
    {
        var ran = await morning.Commands.RunAsync(["whatif", "--json", .. options, .. _range]);
        Assert.Equal((0, ""), (ran.Code, ran.Error));
        return JsonDocument.Parse(ran.Out).RootElement.Clone();
    }

    /// <summary>Twelve meetings of ten users, all on one of three servers: eleven that have ended, one that goes on.</summary>
    public sealed class Morning : IAsyncLifetime
    {
        internal Commands Commands { get; } = new();

        public async Task InitializeAsync()
        {
            await Commands.InitializeAsync();
            await using var host = await Commands.HostAsync();
            await using var session = host.Services.GetRequiredService<IDocumentStore>().LightweightSession();
            foreach (var id in new[] { "a", "b", "c" })
            {
                var at = Eight.AddDays(-2);
                session.Events.Append(
                    Streams.Server(id), new ServerRegistered(id, $"https://{id}.example/bigbluebutton/api", "fingerprint", 1, null, at), new ServerEnabled(id, at), new ServerCameOnline(id, at));
            }

            for (var i = 0; i < 12; i++)
            {
                var at = Eight.AddSeconds(i * 3);
                var run = Guid.CreateVersion7(at);
                session.Events.Append(
                    Streams.Meeting(run),
                    new MeetingPlaced(
                        run, "", $"room-{i}", "a", null, null, false, new Dictionary<string, string>(),
                        new PlacementReason("scalelite", "lowest load of 3", null, 3, [new("a", null, 1, 2, 1, 3.5)], 1), at.AddSeconds(25), at),
                    new MeetingStarted(run, "a", $"int-{i}", at.ToUnixTimeMilliseconds(), null, false, null, 120, at));
                if (i > 0)
                {
                    session.Events.Append(
                        Streams.Meeting(run), new MeetingEnded(run, "a", EndLearned.EndCall, at.AddHours(1), 10, 10, [.. Enumerable.Repeat(10, 60)], at.AddHours(1)));
                }
            }

            session.Events.Append(Streams.Polls("a", Eight.AddMinutes(1)), new Scalelite.Domain.Polling.ServerPolled(
                "a", 1, Eight.AddMinutes(1), 80, 1, [new("room-0", "int-0", Eight.ToUnixTimeMilliseconds(), 10, 2, 0, 0, false, false, null, null, 10)], [], Eight.AddMinutes(2)));
            await session.SaveChangesAsync();
        }

        public Task DisposeAsync() => Commands.DisposeAsync();
    }
}
