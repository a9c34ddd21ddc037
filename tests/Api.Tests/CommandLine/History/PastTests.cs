using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Scalelite.Domain;
using Scalelite.Domain.Joins;
using Scalelite.Domain.Keeping;
using Scalelite.Domain.Meetings;
using Scalelite.Domain.Placement;
using Scalelite.Domain.Polling;
using Scalelite.Domain.Servers;
using Scalelite.EventLog;
using Xunit;

namespace Scalelite.Api.Tests.CommandLine.History;

/// <summary>The pool as it was, as commands print it.</summary>
public sealed class PastTests : IAsyncLifetime
{
    private static readonly Guid Instance = Guid.CreateVersion7();

    private readonly Commands _commands = new();

    public Task InitializeAsync() => _commands.InitializeAsync();

    public Task DisposeAsync() => _commands.DisposeAsync();

    [Fact]
    public async Task Status_servers_and_meetings_are_shown_as_they_were()
    {
        await AppendAsync(
            Streams.Server("a"), new ServerRegistered("a", "https://a.example.org/bigbluebutton/api", "f", 2, "big", Now), new ServerEnabled("a", Now),
            new ServerCapacityChanged("a", 100, Now), new ServerCameOnline("a", Now), new ServerVersionSeen("a", "3.0.4", Now));
        await AppendAsync(Streams.Meeting(Instance), Placed("a"), new MeetingStarted(Instance, "a", "int-1", Now.ToUnixTimeMilliseconds(), "70001", false, null, 20, Now));
        await AppendAsync(Streams.Joins(Instance, Now), new JoinsRouted(Now, Now, [new RoutedJoins(Instance, "a", 3)]));
        await AppendAsync(Streams.Polls("a", Now), Polled(1, 20));
        var (then, shown, printed) = (Now, await ShownAsync(), await PrintedAsync());

        await AppendAsync(Streams.Polls("a", Now), Polled(2, 30));
        await AppendAsync(Streams.Server("a"), new ServerTagged("a", null, Now), new ServerCordoned("a", Now));
        await AppendAsync(Streams.Meeting(Instance), new MeetingEnded(Instance, "a", EndLearned.EndCall, Now, 30, 25, [20, 30], Now));
        await AppendAsync(Streams.Server("b"), new ServerRegistered("b", "https://b.example.org/bigbluebutton/api", "f", 1, null, Now));
        await SettleAsync();

        var number = await _commands.Database.ScalarAsync<long>("select max(seq_id) from mt_events where timestamp <= $1", then);
        foreach (var (command, rows) in shown)
        {
            var past = JsonNode.Parse((await RunAsync([.. command, "--at", $"{then:O}", "--json"])).Out)!;
            Assert.Equal(rows.ToJsonString(), past["items"]!.ToJsonString());
            Assert.Equal((number, "event"), (past["as_of"]!["number"]!.GetValue<long>(), past["as_of"]!["resolution"]!.GetValue<string>()));
        }

        foreach (var (command, lines) in printed)
        {
            var past = await RunAsync([.. command, "--at", $"{then:O}"]);
            Assert.StartsWith(lines, past.Out, StringComparison.Ordinal);
            Assert.Contains($"As of {then.UtcDateTime:yyyy-MM-dd HH:mm:ss}", past.Out, StringComparison.Ordinal);
            Assert.Contains($", after event {number} of ", past.Out, StringComparison.Ordinal);
        }

        Assert.Empty(JsonNode.Parse((await RunAsync("meetings", "list", "other", "--at", $"{then:O}", "--json")).Out)!["items"]!.AsArray());
    }

    [Fact]
    public async Task Before_the_first_event_nothing_is_shown_and_the_line_says_so()
    {
        var before = Now.AddSeconds(-30);
        await AppendAsync(Streams.Server("a"), new ServerRegistered("a", "https://a.example.org/bigbluebutton/api", "f", 1, null, Now));

        var ran = await RunAsync("status", "--at", $"{before:O}");
        Assert.Contains("There were no servers", ran.Out, StringComparison.Ordinal);
        Assert.Contains(": before the first event of the log, of which nothing is known", ran.Out, StringComparison.Ordinal);
        Assert.Equal(0, JsonNode.Parse((await RunAsync("servers", "list", "--at", $"{before:O}", "--json")).Out)!["as_of"]!["number"]!.GetValue<long>());
    }

    [Fact]
    public async Task Where_polls_are_pruned_the_figures_are_a_minutes_and_the_line_says_so()
    {
        var day = new DateTimeOffset(2026, 3, 2, 8, 0, 0, TimeSpan.Zero);
        await AppendAsync(
            Streams.Server("a"), new ServerRegistered("a", "https://a.example.org/bigbluebutton/api", "f", 2, null, day), new ServerEnabled("a", day), new ServerCameOnline("a", day));
        await AppendAsync(Streams.Meeting(Instance), Placed("a"), new MeetingStarted(Instance, "a", "int-1", 0, null, false, null, 20, day));
        for (var round = 1; round <= 8; round++)
        {
            var began = day.AddSeconds(30 * round);
            await AppendAsync(Streams.Polls("a", began), Polled(round, 10 * round) with { BeganAt = began, Load = 10 * round });
        }

        await AppendAsync(Streams.Log, new StreamPruned(Streams.Polls("a", day), 8, 6, 13, "", Now));
        await _commands.Database.ExecuteAsync("update mt_events set timestamp = $1 + seq_id * interval '1 second' where seq_id <= 5", day.AddMinutes(-1));
        await _commands.Database.ExecuteAsync("delete from mt_streams where id = $1", Streams.Polls("a", day));
        await SettleAsync();

        var server = JsonNode.Parse((await RunAsync("status", "--at", "2026-03-02 08:02:45", "--json")).Out)!;
        Assert.Equal("minute", server["as_of"]!["resolution"]!.GetValue<string>());
        var row = server["items"]![0]!;
        Assert.Equal((50, 100m, 1), (row["users"]!.GetValue<int>(), row["load"]!.GetValue<decimal>(), row["meetings"]!.GetValue<int>()));
        Assert.Null(row["largest_meeting"]);
        Assert.Equal("2026-03-02T08:02:00+00:00", row["polled_at"]!.GetValue<string>());
        Assert.Contains(
            "Polls of that day are pruned: load, users and meetings of 1 servers are the most of a minute, at the latest that of 08:02",
            (await RunAsync("servers", "list", "--at", "2026-03-02 08:02:45")).Out, StringComparison.Ordinal);
        Assert.Null(JsonNode.Parse((await RunAsync("meetings", "list", "--at", "2026-03-02 08:02:45", "--json")).Out)!["items"]![0]!["users"]);
    }

    [Fact]
    public async Task What_is_no_moment_is_refused()
    {
        var ran = await _commands.RunAsync("status", "--at", "yesterday");
        Assert.Equal(2, ran.Code);
        Assert.Contains("--at takes", ran.Error, StringComparison.Ordinal);
    }

    private static DateTimeOffset Now => DateTimeOffset.UtcNow;

    private static MeetingPlaced Placed(string server) => new(
        Instance, "", "room", server, "A class", "70001", false, new Dictionary<string, string>(), new PlacementReason("least-load", "lowest load of 1", null, 1, [], 1),
        Now.AddSeconds(25), Now);

    private static ServerPolled Polled(long round, int users) => new(
        "a", round, Now, 20, 1, [new PolledMeeting("room", "int-1", 0, users, 1, 2, 3, false, false, null, Instance, 2)], [], Now.AddMinutes(1));

    private async Task<Ran> RunAsync(params string[] arguments)
    {
        var ran = await _commands.RunAsync(arguments);
        Assert.Equal((0, ""), (ran.Code, ran.Error));
        return ran;
    }

    /// <summary>What the commands print for programs now.</summary>
    private async Task<List<(string[] Command, JsonNode Rows)>> ShownAsync()
    {
        List<(string[], JsonNode)> shown = [];
        foreach (var command in (string[][])[["status"], ["servers", "list"], ["meetings", "list"]])
        {
            var rows = JsonNode.Parse((await RunAsync([.. command, "--json"])).Out)!;
            foreach (var row in rows.AsArray())
            {
                row!.AsObject().Remove("removable");
                row.AsObject().Remove("waits_for");
            }

            Assert.NotEmpty(rows.AsArray());
            shown.Add((command, rows));
        }

        return shown;
    }

    /// <summary>What the commands print for people now.</summary>
    private async Task<List<(string[] Command, string Lines)>> PrintedAsync()
    {
        List<(string[], string)> printed = [];
        foreach (var command in (string[][])[["servers", "list"], ["meetings", "list"]]) printed.Add((command, (await RunAsync(command)).Out));
        return printed;
    }

    private async Task AppendAsync(string stream, params object[] events)
    {
        await using var host = await _commands.HostAsync();
        await using var session = host.Services.GetRequiredService<IDocumentStore>().LightweightSession();
        session.Events.Append(stream, events);
        await session.SaveChangesAsync();
    }

    /// <summary>Says how far the log is safe, as the workers do, so that no command waits for it.</summary>
    private async Task SettleAsync()
    {
        var safe = await new SafeHead(_commands.Database.Source).WaitAsync();
        await _commands.Database.ExecuteAsync("update pool_checkpoint_turn set safe_number = $1, safe_at = now() + interval '1 hour'", safe);
    }
}
